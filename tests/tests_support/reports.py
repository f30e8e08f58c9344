"""Reports as mail servers write them, in the shapes of RFC 3464's and RFC 5965's examples."""

from __future__ import annotations


def bounce(
    address,
    message_id,
    *,
    action="failed",
    status="5.1.1",
    diagnostic="smtp; 550 5.1.1 <someone>: Recipient address rejected: User unknown",
    original="message/rfc822",
    more="",
):
    """As Postfix writes it."""
    return f"""\
Return-Path: <>
From: MAILER-DAEMON@mx.example.net (Mail Delivery System)
To: post@mail.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="9B095B5ADSN=_01C3"
Message-Id: <20261124110000.9B095B5@mx.example.net>

This is a MIME-encapsulated message.

--9B095B5ADSN=_01C3
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.example.net.

--9B095B5ADSN=_01C3
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net
X-Postfix-Queue-ID: 9B095B5
Arrival-Date: Tue, 24 Nov 2026 11:00:00 +0000 (UTC)

Final-Recipient: rfc822; {address}
{more}Action: {action}
Status: {status}
Remote-MTA: dns; mail.reader.example
Diagnostic-Code: {diagnostic}

--9B095B5ADSN=_01C3
Content-Description: Undelivered Message
Content-Type: {original}

Received: from app.example.net
From: Reader Support <post@mail.example>
To: {address}
Subject: Receipt 4821
Message-ID: <{message_id}@mail.example>
MIME-Version: 1.0
Content-Type: text/plain; charset="utf-8"

Hello,

--9B095B5ADSN=_01C3--
""".encode()


def complaint(address, message_id, *, kind="abuse", named=True):
    """As the example of RFC 5965, appendix B."""
    named_in = f"Original-Rcpt-To: <{address}>\n" if named else ""
    return f"""\
From: <abusedesk@example.com>
Date: Tue, 24 Nov 2026 11:00:00 +0000
Subject: FW: The week
To: <post@mail.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report;
     boundary="part1_13d.2e68ed54_boundary"

--part1_13d.2e68ed54_boundary
Content-Type: text/plain; charset="US-ASCII"
Content-Transfer-Encoding: 7bit

This is an email abuse report.

--part1_13d.2e68ed54_boundary
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: SomeGenerator/1.0
Version: 1
Original-Mail-From: <post@mail.example>
{named_in}Arrival-Date: Tue, 24 Nov 2026 10:00:00 +0000
Source-IP: 192.0.2.1

--part1_13d.2e68ed54_boundary
Content-Type: message/rfc822
Content-Disposition: inline

From: <post@mail.example>
To: <{address}>
Subject: The week
Message-ID: <{message_id}@mail.example>
Date: Tue, 24 Nov 2026 09:00:00 +0000

Hello
--part1_13d.2e68ed54_boundary--
""".encode()
