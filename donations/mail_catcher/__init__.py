"""Catches the mail of a demonstration or a test and shows it: nothing leaves the machine.

A program of its own beside the application, like the sandbox: it speaks SMTP on one port and shows
what came on another, both on the loopback only.
"""
