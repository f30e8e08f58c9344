"""Lines of other programs' exports, with their own headings."""

from __future__ import annotations


def givewp(number, email="vera@reader.example", first="Vera", last="Reader", **changes):
    told = {
        "Donation ID": number,
        "First Name": first,
        "Last Name": last,
        "Email Address": email,
        "Donation Total": "25.00",
        "Currency Code": "USD",
        "Donation Status": "Complete",
        "Donation Date": "January 5, 2024",
        "Donation Time": "12:30",
        "Donor IP Address": "203.0.113.9",
    }
    return {**told, **changes}


def donorbox(name="Vera Reader", email="vera@reader.example", **changes):
    told = {
        "Name": name,
        "Donor Email": email,
        "Amount": "40.00",
        "Currency": "EUR",
        "Donated At": "2024-03-01 09:15:00",
        "Recurring Plan": "Monthly",
    }
    return {**told, **changes}


def patreon(number, name="Vera Reader", email="vera@reader.example", **changes):
    told = {
        "Name": name,
        "Email": email,
        "Patron Status": "Active patron",
        "Lifetime Amount": "120.00",
        "Pledge Amount": "10.00",
        "Charge Frequency": "monthly",
        "Patronage Since Date": "2023-01-02 10:11:12.131415",
        "Last Charge Date": "2024-01-01 08:00:00",
        "User ID": number,
        "Currency": "USD",
    }
    return {**told, **changes}
