"""Evidence against a dispute: staged, submitted, and what the test values make of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from donations.sandbox.objects.metadata import update as lay_over
from donations.sandbox.objects.money import disputes
from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.timeline import Due
    from donations.sandbox.world import World

DECIDED_AFTER_SECONDS: Final = 5
MOST_CHARACTERS: Final = 150_000
_VERDICTS: Final = ("winning_evidence", "losing_evidence", "escalate_inquiry_evidence")
_FILES: Final = frozenset(
    {"cancellation_policy", "customer_communication", "customer_signature", "receipt",
     "duplicate_charge_documentation", "refund_policy", "service_documentation",
     "shipping_documentation", "uncategorized_file"}
)  # fmt: skip


def change(world: World, dispute: Obj, given: Obj) -> Obj:
    """Take evidence and metadata.  Evidence is submitted unless `submit` is false.

    Raises `Refusal` for a decided dispute and for evidence Stripe would not take.
    """
    disputes.must_be_open(dispute)
    evidence = given.get("evidence") or {}
    _check(dispute, evidence)
    before = lay_over(
        dispute,
        {name: value for name, value in given.items() if name != "evidence"},
        "intended_submission_method",
    )
    dispute["evidence"] |= evidence
    details = dispute["evidence_details"]
    details["has_evidence"] = details["has_evidence"] or bool(evidence)
    if _submits(given) and details["has_evidence"]:
        before |= _submit(world, dispute)
    if before or evidence:
        world.emit("charge.dispute.updated", dispute, before)
    if "status" in before:
        world.emit("charge.updated", world.store.get("charge", dispute["charge"]))
    return dispute


def decide(world: World, due: Due) -> None:
    """The bank has read the test values, which say how it decides."""
    dispute = world.store.find("dispute", due.target)
    if dispute is None or not dispute["status"].endswith("under_review"):
        return
    verdict = dispute["evidence"]["uncategorized_text"]
    if verdict == "escalate_inquiry_evidence":
        if disputes.is_inquiry(dispute):
            disputes.escalate(world, dispute)
    else:
        disputes.close(world, dispute, won=verdict == "winning_evidence")


def _submits(given: Obj) -> bool:
    return bool(given.get("submit", "evidence" in given))


def _submit(world: World, dispute: Obj) -> Obj:
    """It goes to the bank.  Returns what changed."""
    details, before = dispute["evidence_details"], {"status": dispute["status"]}
    details["submission_count"] += 1
    details["submission_method"] = "manual"
    details["past_due"] = world.clock.now() > details["due_by"]
    dispute["status"] = "warning_under_review" if disputes.is_inquiry(dispute) else "under_review"
    if dispute["evidence"]["uncategorized_text"] in _VERDICTS:
        moment = world.clock.now() + DECIDED_AFTER_SECONDS
        world.timeline.expect(moment, "dispute.decide", dispute["id"])
    return before


def _check(dispute: Obj, evidence: Obj) -> None:
    if evidence and dispute["evidence_details"]["submission_count"]:
        raise Refusal("You have already submitted evidence for this dispute.", param="evidence")
    for name in _FILES & set(evidence):
        if evidence[name] and not evidence[name].startswith("file_"):
            raise Refusal(
                f"No such file upload: '{evidence[name][:80]}'",
                code="resource_missing",
                param=f"evidence[{name}]",
            )
    length = sum(len(value) for value in evidence.values() if isinstance(value, str))
    if length > MOST_CHARACTERS:
        raise Refusal(
            f"The combined character count of all evidence fields is limited to {MOST_CHARACTERS}.",
            param="evidence",
        )
