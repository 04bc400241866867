import functools

from werkzeug.exceptions import BadRequest, HTTPException, NotFound

from odoo import fields, http
from odoo.http import request

from ..engine.phone_events import BadEvent, milliseconds
from ..models.courier_texts import texts
from .courier_access import CourierAccess

MOST_EVENTS = 200
MOST_BODY = 1_000_000
MOST_PICTURE = 15_000_000
PERIOD_MINUTES = 15
EACH_ADDRESS = 30
ALL_STRANGERS = 500


def api(path, methods=("GET",), most=MOST_BODY):
    """A route of the page: JSON in, JSON out, errors as JSON too.

    No session is kept and no token of a form is asked for: ``_check_own_page`` stands
    for it, which other sites cannot pass.
    """

    def decorate(method):
        @functools.wraps(method)
        def answer(self, *args, **kwargs):
            try:
                return method(self, *args, **kwargs)
            except HTTPException as error:
                return self._json({"error": error.name}, status=error.code)

        return http.route(
            path,
            type="http",
            auth="public",
            methods=list(methods),
            csrf=False,
            sitemap=False,
            save_session=False,
            readonly=methods == ("GET",),
            max_content_length=most,
        )(answer)

    return decorate


class CourierApi(CourierAccess, http.Controller):
    """What the courier's page asks and tells."""

    @api("/courier/api/hello")
    def courier_hello(self):
        """Who the phone is, what time it is here, and the texts of the page."""
        couriers_sudo = self._couriers_sudo()
        self._speak(couriers_sudo)
        env = request.env
        direction = env["res.lang"]._get_data(code=env.lang).direction
        return self._json(
            {
                "now": milliseconds(fields.Datetime.now()),
                "courier": couriers_sudo[:1].id or None,
                "name": couriers_sudo[:1].name or "",
                "has_account": not env.user._is_public(),
                "lang": (env.lang or "en_US").replace("_", "-"),
                "direction": "rtl" if direction == "rtl" else "ltr",
                "texts": texts(env),
            }
        )

    @api("/courier/api/open", methods=("POST",))
    def courier_open(self):
        """Exchange the token of a link and its PIN for the phone's own cookie."""
        data = self._posted()
        token, pin = str(data.get("token") or ""), str(data.get("pin") or "")
        access_sudo = request.env["loyalty.delivery.access"].sudo()
        access_sudo = access_sudo._by_token(token[:100])
        if not self._allow_address(is_known=bool(access_sudo)):
            return self._json({"error": "too_many"}, status=429)
        if not access_sudo:
            return self._json({"error": "link_gone"}, status=404)
        if access_sudo._is_of_other_device(self._secret()):
            return self._json({"error": "link_elsewhere"}, status=403)
        secret, left = access_sudo._open(pin[:20], self._secret())
        if not secret:
            error = "pin_wrong" if left else "link_locked"
            return self._json({"error": error, "left": left}, status=403)
        response = self._json({"trip": access_sudo.trip_id.id})
        self._remember_phone(response, secret)
        return response

    def _allow_address(self, is_known):
        """Who has a valid link is limited by the link's own count as well."""
        return request.env["loyalty.rate"]._allow(
            "courier_pin",
            request.httprequest.remote_addr,
            each=EACH_ADDRESS,
            everybody=None if is_known else ALL_STRANGERS,
            minutes=PERIOD_MINUTES,
        )

    @api("/courier/api/logout", methods=("POST",))
    def courier_logout(self):
        """Let go of the phone: its links open anew with their PIN, anywhere."""
        self._check_own_page()
        self._accesses_sudo()._forget_device()
        response = self._json({})
        self._forget_phone(response)
        return response

    @api("/courier/api/trips")
    def courier_trips(self):
        """The courier's trips of today."""
        couriers_sudo = self._couriers_sudo()
        if not couriers_sudo:
            return self._json({"error": "Unauthorized"}, status=401)
        self._speak(couriers_sudo)
        trips = self._trips_sudo().with_context(lang=request.env.lang)
        return self._json({"trips": trips._phone_summaries()})

    @api("/courier/api/trip/<int:trip_id>")
    def courier_trip(self, trip_id, known=""):
        """The trip with its stops, or nothing when the phone has the same."""
        values = self._trip_sudo(trip_id)._phone_read()
        if values["hash"] == known:
            values = {"hash": known}
        now = milliseconds(fields.Datetime.now())
        return self._json({**values, "now": now})

    @api("/courier/api/events", methods=("POST",))
    def courier_events(self):
        """Receive events; the answer tells of each what became of it."""
        data = self._posted()
        trip_sudo = self._trip_sudo(data.get("trip"))
        events, sent_ms = data.get("events"), data.get("sent_ms")
        if not isinstance(events, list) or len(events) > MOST_EVENTS:
            raise BadRequest
        if not isinstance(sent_ms, int) or abs(sent_ms) > 2**53:
            sent_ms = None
        results = trip_sudo.env["loyalty.delivery.event"]._receive(
            trip_sudo, events, self._device_mark(), sent_ms
        )
        now = milliseconds(fields.Datetime.now())
        return self._json({"results": results, "now": now})

    def _device_mark(self):
        """Tells phones apart in the list of events, and opens nothing."""
        env = request.env
        known = self._secret() or f"user {env.uid}"
        return env["loyalty.delivery.access"]._hashed(f"mark {known}")[:10]

    @api("/courier/api/proof", methods=("POST",), most=MOST_PICTURE)
    def courier_proof(self, trip="", event="", uuid="", kind="", file=None):
        """Receive a photo or a signature of an event."""
        self._check_own_page()
        if not trip.isdecimal() or len(trip) > 10 or not hasattr(file, "read"):
            raise BadRequest
        trip_sudo = self._trip_sudo(int(trip))
        status, reason = trip_sudo.env["loyalty.delivery.proof"]._store(
            trip_sudo, event, uuid, kind, file.read()
        )
        return self._json({"uuid": uuid, "status": status, "reason": reason})

    @api("/courier/api/position", methods=("POST",))
    def courier_position(self):
        """Receive where the phone is, while the page is open."""
        data = self._posted()
        trip_sudo = self._trip_sudo(data.get("trip"))
        positions = trip_sudo.env["loyalty.delivery.position"]
        try:
            positions._tell(trip_sudo, data.get("pos"))
        except BadEvent as error:
            raise BadRequest from error
        return self._json({})

    @api("/courier/api/<path:_path>")
    def courier_unknown(self, _path):
        """Answer in JSON here too: the page reads nothing else."""
        raise NotFound
