"""The REST surface: who may ask, what is asked, how it is answered."""
