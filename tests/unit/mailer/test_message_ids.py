from donations.mailer.message_ids import left_part, message_id, was_written_to


def test_a_message_id_is_led_back_to_its_address_and_to_no_other(master):
    found = message_id(master, "receipt:1", "Reader@Example.org")
    assert len(found) == 32
    assert was_written_to(master, found, "reader@example.org")
    assert not was_written_to(master, found, "victim@example.org")
    assert not was_written_to(master, found[:-1], "reader@example.org")
    assert not was_written_to(master, "é" * 32, "reader@example.org")


def test_each_letter_has_its_own(master):
    found = {message_id(master, f"receipt:{n}", "a@example.org") for n in range(50)}
    assert len({one[:16] for one in found}) == 50
    assert len({one[16:] for one in found}) == 50


def test_only_what_can_be_ours_is_read_from_a_header():
    ours = "0123456789abcdef" * 2
    assert left_part(f" <{ours.upper()}@mail.example> ") == ours
    assert left_part(f"{ours}@other.example") == ours
    for other in ("", "<a@b>", ours + "0", "g" * 32):
        assert left_part(other) == ""
