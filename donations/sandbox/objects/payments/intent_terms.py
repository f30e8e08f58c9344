"""What payment and setup intents share: the methods they take, and what a method must bring."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from donations.sandbox.objects.methods import mandates, method_requests, payment_methods
from donations.sandbox.refusals import Refusal
from donations.sandbox.world import cloned, presented

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.world import World

_EURO_ONLY: Final = "sepa_debit"
_WORDS: Final = {"payment_intent": "PaymentIntent", "setup_intent": "SetupIntent"}
_WITH_CONFIRM: Final = (
    "off_session", "error_on_requires_action", "mandate", "mandate_data", "return_url",
)  # fmt: skip


def offered(given: Obj, currency: str = "eur") -> list[str]:
    """The methods an intent takes: of those the sandbox has, what currency and caller let it."""
    every = [each for each in ("card", _EURO_ONLY) if each != _EURO_ONLY or currency == "eur"]
    allowed = given.get("allowed_payment_method_types") or every
    excluded = given.get("excluded_payment_method_types") or ()
    found = [each for each in every if each in allowed and each not in excluded]
    if not found:
        raise Refusal(
            "No payment method is left; the sandbox has card and, in eur, sepa_debit.",
            param="allowed_payment_method_types",
        )
    return found


def kept_terms(given: Obj) -> Obj:
    """What an intent says of the methods it was told to take."""
    names = ("allowed_payment_method_types", "excluded_payment_method_types")
    terms: Obj = {name: given[name] or None for name in names if name in given}
    if "automatic_payment_methods" in given:
        terms["automatic_payment_methods"] = {"allow_redirects": "always"} | given[
            "automatic_payment_methods"
        ]
    if given.get("payment_method_options"):
        terms["payment_method_options"] = _options(given["payment_method_options"])
    return terms


def check_unconfirmed(given: Obj, kind: str) -> None:
    """Raise `Refusal` for parameters of a confirmation that is not asked for."""
    for name in _WITH_CONFIRM:
        if given.get(name) and not given.get("confirm"):
            raise Refusal(
                f"The parameter `{name}` cannot be passed when creating a {_WORDS[kind]} unless "
                "`confirm` is set to true.",
                param=name,
            )


def chosen_method(world: World, given: Obj, customer: str | None) -> Obj | None:
    """The method that `given` names or describes, if any; one that may be used for `customer`."""
    if given.get("payment_method") and given.get("payment_method_data"):
        raise Refusal(
            "You may only specify one of these parameters: payment_method, payment_method_data.",
            param="payment_method_data",
        )
    if given.get("payment_method_data"):
        return method_requests.create(world, given["payment_method_data"], "payment_method_data")
    if not given.get("payment_method"):
        return None
    method = payment_methods.named(world, given["payment_method"])
    check_owner(method, customer)
    return method


def check_owner(method: Obj, customer: str | None) -> None:
    """Raise `Refusal` unless the method is free or the customer's."""
    owner = method["customer"]
    if owner and not customer:
        raise Refusal(
            f"The `payment_method` parameter supplied {method['id']} belongs to the Customer "
            f"{owner}. Please include the Customer in the `customer` parameter on the "
            "PaymentIntent.",
            param="payment_method",
        )
    if owner and owner != customer:
        raise Refusal(
            "The provided PaymentMethod does not belong to the Customer you supplied. Please use "
            "this PaymentMethod with the Customer that it belongs to instead.",
            param="payment_method",
        )
    if not owner and (method.get("_spent") or method.get("_detached")):
        raise Refusal(
            "The provided PaymentMethod was previously used with a PaymentIntent without Customer "
            "attachment, shared with a connected account without Customer attachment, or was "
            "detached from a Customer. It may not be used again. To use a PaymentMethod multiple "
            "times, you must attach it to a Customer first.",
            param="payment_method",
        )


def check_confirmation(world: World, intent: Obj, method: Obj, given: Obj) -> Obj | None:
    """Raise `Refusal` unless `intent` can be confirmed with `method` as `given` has it.

    Returns the `customer_acceptance` of a mandate that is given now.
    """
    types = intent["payment_method_types"]
    if method["type"] not in types:
        raise Refusal(
            f"The PaymentMethod provided ({method['type']}) is not allowed for this "
            f"{_WORDS[intent['object']]}. Please attach a PaymentMethod of one of the following "
            f"types: {', '.join(types)}.",
            code="payment_intent_incompatible_payment_method",
            param="payment_method",
            payment_method=presented(method),
        )
    automatic = intent["automatic_payment_methods"] or {}
    redirects = automatic.get("enabled") and automatic.get("allow_redirects") != "never"
    if redirects and not (intent.get("_return_url") or given.get("off_session")):
        raise Refusal(
            f"This {_WORDS[intent['object']]} is configured to accept payment methods enabled in "
            "your Dashboard. Because some of these payment methods might redirect your customer "
            "off of your page, you must provide a `return_url`. If you don't want to accept "
            "redirect-based payment methods, set `automatic_payment_methods[enabled]` to `true` "
            "and `automatic_payment_methods[allow_redirects]` to `never` when creating Setup "
            "Intents and Payment Intents.",
            param="return_url",
        )
    if method["type"] == "sepa_debit":
        return _acceptance(world, intent, method, given)
    return None


def _acceptance(world: World, intent: Obj, method: Obj, given: Obj) -> Obj | None:
    for name in ("name", "email"):
        if not method["billing_details"].get(name):
            raise Refusal(
                f"You must provide billing_details[{name}] to use a sepa_debit PaymentMethod.",
                code="parameter_missing",
                param=f"billing_details[{name}]",
            )
    data = given.get("mandate_data") or {}
    kept = mandates.of_method(world, method)
    if given.get("mandate"):
        named = world.store.get("mandate", given["mandate"], "mandate")
        if kept is None or named["id"] != kept["id"]:
            raise Refusal(
                "The mandate provided is not in force for this PaymentMethod.",
                code="payment_intent_mandate_invalid",
                param="mandate",
            )
    reused = intent["object"] == "setup_intent" or intent["setup_future_usage"]
    if kept is None and not data and (reused or given.get("off_session")):
        raise Refusal(
            f"When confirming a {_WORDS[intent['object']]} with a `sepa_debit` PaymentMethod and "
            "`setup_future_usage`, `mandate_data` is required.",
            code="parameter_missing",
            param="mandate_data",
        )
    acceptance: Obj | None = data.get("customer_acceptance")
    return acceptance


def _options(given: Obj) -> Obj:
    """Of all options the one the sandbox gives an effect: asking for 3-D Secure."""
    for kind, values in given.items():
        for name in values or {}:
            if (kind, name) != ("card", "request_three_d_secure"):
                raise Refusal(
                    f"The sandbox gives `payment_method_options.{kind}.{name}` no effect; leave it "
                    "out.",
                    param=f"payment_method_options[{kind}][{name}]",
                )
    return {"card": given.get("card") or {}}


def declined(intent: Obj, error: Obj) -> Refusal:
    """The 402 for a method that was just refused: the intent's own `error`, the intent inside."""
    told = cloned(error)
    kind, message = told.pop("type"), told.pop("message")
    about = {intent["object"]: cloned(presented(intent))}
    return Refusal(message, status=402, kind=kind, kept=True, **about, **told)


def check_secret(intent: Obj, secret: str | None) -> None:
    """Raise `Refusal` for a client secret that is not the intent's."""
    if secret and secret != intent["client_secret"]:
        name = {"payment_intent": "PaymentIntent", "setup_intent": "SetupIntent"}[intent["object"]]
        raise Refusal(
            "The client_secret provided does not match the client_secret associated with the "
            f"{name}.",
            code=f"{intent['object']}_invalid_parameter",
            param="client_secret",
        )
