from odoo import api, fields, models

from ..engine.gateways import http_config
from .loyalty_sms_gateway import ADMIN

# These are the same for all kinds, or are worded for all kinds on the form.
SHARED = ("login", "secret", "webhook_secret", "allowed_ips", "public_base")
OWN = tuple(name for name in http_config.FIELD_NAMES if name not in SHARED)
METHODS = [("GET", "GET"), ("POST", "POST")]
PATH_HELP = "Names and positions parted by dots: messages.0.id"


class LoyaltySmsGateway(models.Model):
    """An HTTP provider in words: fields ``http_x`` are ``HttpConfig.x``."""

    _inherit = "loyalty.sms.gateway"

    # -- the request
    http_method = fields.Selection(METHODS, "Method", default="POST")
    http_url = fields.Char("Address", help="May hold placeholders, as {secret}.")
    http_auth = fields.Selection(
        [
            ("none", "None, or within the body"),
            ("basic", "Basic: login and password"),
            ("bearer", "Bearer token"),
            ("header", "Header"),
            ("query", "Parameter of the address"),
        ],
        "Authentication",
        default="none",
    )
    http_auth_name = fields.Char(
        "Header or parameter", help="That holds the key, as X-Api-Key."
    )
    http_headers = fields.Text(
        "More headers", groups=ADMIN, help="A line each: Name: value"
    )
    http_body_format = fields.Selection(
        [("json", "JSON"), ("form", "Form"), ("query", "In the address")],
        "Body",
        default="json",
    )
    http_body = fields.Text(
        "Template of the body",
        groups=ADMIN,
        help="JSON, or a line “name = value” for each parameter. Placeholders: {number}"
        " {digits} {text} {sender} {uuid} {client_ref} {report_url} {ttl} {priority}"
        " {login} {secret}.",
    )
    http_max_batch = fields.Integer(
        "Messages a request", default=1, help="More than one where the body repeats."
    )
    # -- its answer
    http_success_codes = fields.Char("Good HTTP codes", default="2xx")
    http_success_path = fields.Char("Success at", help=PATH_HELP)
    http_success_values = fields.Char("is one of", help="Parted by commas.")
    http_success_regex = fields.Char(
        "Success looks like", help="A pattern, for answers that are no JSON."
    )
    http_results_path = fields.Char("List of results at", help=PATH_HELP)
    http_result_key_path = fields.Char(
        "Which message at",
        help="Within a result; # is the name of the result itself. Empty when the"
        " results come in the order of the messages.",
    )
    http_result_key = fields.Selection(
        [
            ("uuid", "Our id"),
            ("client_ref", "Our number of the message"),
            ("digits", "Customer's number"),
        ],
        "which holds",
        default="uuid",
    )
    http_item_success_path = fields.Char("Success of one at", help=PATH_HELP)
    http_item_success_values = fields.Char("is one of these", help="Parted by commas.")
    http_item_code_path = fields.Char("Error code of one at", help=PATH_HELP)
    http_item_text_path = fields.Char("Error text of one at", help=PATH_HELP)
    http_id_template = fields.Char(
        "Our id is theirs", help="As {uuid} or {client_ref}, when they keep our id."
    )
    http_id_path = fields.Char("Provider's id at", help=PATH_HELP)
    http_id_regex = fields.Char(
        "Provider's id looks like", help="A pattern with one group, for texts."
    )
    http_code_path = fields.Char("Error code at", help=PATH_HELP)
    http_text_path = fields.Char("Error text at", help=PATH_HELP)
    http_cost_path = fields.Char("Price at", help=PATH_HELP)
    http_error_map = fields.Text(
        "Error codes",
        help="A line each: 207 = number, or 214 = credit/retry. After the slash: failed"
        " (as without it), retry, unknown or accepted. * is every other code.",
    )
    # -- delivery reports
    http_report_format = fields.Selection(
        [("fields", "Parameters"), ("json", "JSON"), ("lines", "Lines of a form")],
        "Reports come as",
        default="fields",
    )
    http_report_items_path = fields.Char("List of reports at", help=PATH_HELP)
    http_report_kind_path = fields.Char(
        "Sort of the call at", help="When other calls come to the same address."
    )
    http_report_kind_values = fields.Char("of which reports are")
    http_report_uuid_path = fields.Char("Our id at", help=PATH_HELP)
    http_report_ref_path = fields.Char("Provider's id in reports at", help=PATH_HELP)
    http_report_state_path = fields.Char("State at", help=PATH_HELP)
    http_report_code_path = fields.Char("Reason at", help=PATH_HELP)
    http_report_text_path = fields.Char("Words at", help=PATH_HELP)
    http_report_cost_path = fields.Char("Price in reports at", help=PATH_HELP)
    http_report_map = fields.Text(
        "States",
        help="A line each: DELIVRD = delivered. Known are submitted, delivered, read,"
        " failed and ignore.",
    )
    http_report_failure_map = fields.Text(
        "Reasons of failures", help="A line each: 13 = blocked"
    )
    # -- customers' messages
    http_inbound_format = fields.Selection(
        [("fields", "Parameters"), ("json", "JSON")],
        "Replies come as",
        default="fields",
    )
    http_inbound_items_path = fields.Char("List of replies at", help=PATH_HELP)
    http_inbound_number_path = fields.Char("Customer's number at", help=PATH_HELP)
    http_inbound_text_path = fields.Char("Text at", help=PATH_HELP)
    http_inbound_to_path = fields.Char("Our number at", help=PATH_HELP)
    http_inbound_id_path = fields.Char("Id of the reply at", help=PATH_HELP)
    # -- proof
    http_answer_text = fields.Char(
        "We answer", default="OK", help="Some providers call again until they read it."
    )
    http_signature = fields.Selection(
        [
            ("none", "Key in the address only"),
            ("hmac_sha256", "HMAC SHA-256 of the body"),
            ("hmac_sha1", "HMAC SHA-1 of the body"),
            ("hmac_sha1_url", "HMAC SHA-1 of address and parameters"),
            ("header", "Secret in a header"),
            ("field", "Secret in a parameter"),
        ],
        "Calls are proved by",
        default="none",
    )
    http_signature_name = fields.Char("Header or parameter of it")
    http_signature_prefix = fields.Char("Begins with", help="As sha256=")
    http_signature_encoding = fields.Selection(
        [("hex", "Hexadecimal"), ("base64", "Base64")], "Written in", default="hex"
    )
    http_signature_time_name = fields.Char(
        "Header with the time",
        help="When it is signed too, as time.body; calls older than five minutes are"
        " refused.",
    )
    # -- questions
    http_query_method = fields.Selection(METHODS, "Method of states", default="GET")
    http_query_url = fields.Char(
        "Address of states",
        help="With {ref} or {refs}; for providers that do not call.",
    )
    http_query_body = fields.Text("Body of states", groups=ADMIN)
    http_query_max = fields.Integer("Ids a question", default=100)
    http_query_items_path = fields.Char("List of states at", help=PATH_HELP)
    http_query_ref_path = fields.Char("Id in states at", help=PATH_HELP)
    http_query_state_path = fields.Char("Polled state at", help=PATH_HELP)
    http_query_map = fields.Text(
        "Polled states", help="As the states of reports; empty when they are the same."
    )
    http_balance_method = fields.Selection(METHODS, "Method of balance", default="GET")
    http_balance_url = fields.Char("Address of balance")
    http_balance_body = fields.Text("Body of balance", groups=ADMIN)
    http_balance_path = fields.Char("Balance at", help=PATH_HELP)
    http_balance_currency = fields.Char("Currency of the balance", help="As AMD.")
    http_balance_currency_path = fields.Char("Currency at", help=PATH_HELP)

    @api.model
    def _settings_fields(self):
        return [*super()._settings_fields(), *(f"http_{name}" for name in OWN)]

    def _settings_http(self):
        values = {
            "login": self.login or "",
            "secret": self.secret or "",
            "webhook_secret": self.webhook_secret or "",
            "allowed_ips": self.allowed_ips or "",
            "public_base": self._webhook_base(),
        }
        for name in OWN:
            field = self._fields[f"http_{name}"]
            empty = 0 if field.type == "integer" else ""
            values[name] = self[field.name] or empty
        return values
