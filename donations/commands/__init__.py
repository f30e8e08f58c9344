"""What longer commands do; `cli` names them and their options."""
