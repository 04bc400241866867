import base64
import io
import struct
import zlib
from datetime import timedelta
from uuid import uuid4

from freezegun import freeze_time
from PIL import Image

from .courier_common import FRIDAY, CourierCommon, jpeg


def bomb(side=60000):
    """A PNG of a few bytes that says it has billions of pixels."""

    def chunk(kind, data):
        crc = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc)

    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(1000)))
        + chunk(b"IEND", b"")
    )


@freeze_time(FRIDAY)
class TestCourierProofs(CourierCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.proofs = cls.env["loyalty.delivery.proof"]

    def setUp(self):
        super().setUp()
        self.event = self._event("deliver", self.stop, cod=23000, method="cash")
        self._tell(self.event)

    def _store(self, data, kind="photo", uuid=None, event=None, trip=None):
        status, _reason = self.proofs._store(
            trip or self.trip,
            (event or self.event)["uuid"],
            uuid or str(uuid4()),
            kind,
            data,
        )
        return status

    def _picture(self):
        data = base64.b64decode(self.stop.proof_ids.image)
        return Image.open(io.BytesIO(data))

    def test_a_photo_is_written_anew_without_its_place(self):
        exif = Image.Exif()
        exif[0x010F] = "Phone"
        exif.get_ifd(0x8825)[2] = (40.0, 10.0, 0.0)
        data = jpeg((4000, 3000), exif) + b"<script>"
        self.assertEqual(self._store(data), "applied")
        picture = self._picture()
        self.assertEqual((picture.format, picture.size), ("JPEG", (1600, 1200)))
        self.assertFalse(picture.getexif())
        self.assertNotIn(b"script", base64.b64decode(self.stop.proof_ids.image))
        self.assertRecordValues(
            self.stop.proof_ids, [{"kind": "photo", "stop_id": self.stop.id}]
        )

    def test_a_photo_taken_sideways_stands_upright(self):
        exif = Image.Exif()
        exif[0x0112] = 6
        self._store(jpeg((400, 300), exif))
        self.assertEqual(self._picture().size, (300, 400))

    def test_a_signature_drawn_on_nothing_is_black_on_white(self):
        drawing = Image.new("RGBA", (200, 100), (0, 0, 0, 0))
        drawing.putpixel((50, 50), (0, 0, 0, 255))
        stream = io.BytesIO()
        drawing.save(stream, "PNG")
        self.assertEqual(self._store(stream.getvalue(), "signature"), "applied")
        self.assertGreater(min(self._picture().getpixel((5, 5))), 250)

    def test_what_is_no_picture_is_refused(self):
        svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'
        gif = io.BytesIO()
        Image.new("P", (9, 9)).save(gif, "GIF")
        for data in (b"", b"MZ\x90", svg, gif.getvalue(), jpeg()[:500], bomb()):
            self.assertEqual(self._store(data), "rejected", data[:20])
        self.assertFalse(self.stop.proof_ids)

    def test_a_picture_that_comes_again_is_stored_once(self):
        uuid = str(uuid4())
        statuses = [self._store(jpeg(), uuid=uuid) for _each in range(3)]
        self.assertEqual(statuses, ["applied", "dup", "dup"])
        self.assertEqual(len(self.stop.proof_ids), 1)

    def test_a_delivery_is_signed_once(self):
        statuses = [self._store(jpeg(), "signature") for _each in range(2)]
        self.assertEqual(statuses, ["applied", "rejected"])
        self.assertEqual(len(self.stop.proof_ids), 1)

    def test_photos_are_limited(self):
        self.company.delivery_photos_max = 2
        statuses = [self._store(jpeg()) for _each in range(3)]
        self.assertEqual(statuses, ["applied", "applied", "rejected"])

    def test_a_picture_waits_for_its_event(self):
        event = self._event("deliver", self.trip.stop_ids[1])
        self.assertEqual(self._store(jpeg(), event=event), "retry")
        self._tell(event)
        self.assertEqual(self._store(jpeg(), event=event), "applied")

    def test_a_picture_of_another_trip_never_comes_in(self):
        other = self._make_trip(self.mher, 1)
        self.assertEqual(self._store(jpeg(), trip=other), "retry")
        self.assertFalse(self.stop.proof_ids)

    def test_a_second_tab_adds_no_second_signature(self):
        second = self._event("deliver", self.stop, cod=23000, method="cash")
        self._tell(second)
        self._store(jpeg(), "signature")
        self._store(jpeg(), "signature", event=second)
        self.assertEqual(len(self.stop.proof_ids), 1)

    def test_proofs_of_what_was_taken_back_do_not_count(self):
        self._store(jpeg())
        self._tell(self._event("undo", self.stop))
        self.assertFalse(self.stop.proof_ids)
        # A photo of it that was still on the phone comes later.
        self.assertEqual(self._store(jpeg()), "applied")
        self.stop.invalidate_recordset()
        self.assertFalse(self.stop.proof_ids)

    def test_proofs_are_private(self):
        self._store(jpeg())
        attachment = self.env["ir.attachment"].search(
            [
                ("res_model", "=", "loyalty.delivery.proof"),
                ("res_field", "=", "image"),
                ("res_id", "=", self.stop.proof_ids.id),
            ]
        )
        self.assertEqual(len(attachment), 1)
        self.assertFalse(attachment.public)
        public = self.env.ref("base.public_user")
        self.assertFalse(attachment.with_user(public).has_access("read"))

    def test_positions_are_told_on_the_road_and_not_too_often(self):
        positions = self.env["loyalty.delivery.position"]
        here = {"lat": 40.18, "lon": 44.51, "acc": 12}
        self.assertTrue(positions._tell(self.trip, here))
        self.assertFalse(positions._tell(self.trip, here))
        with freeze_time(FRIDAY + timedelta(seconds=30)):
            last = positions._tell(self.trip, {**here, "lat": 40.19})
        self.assertEqual(positions._latest(self.trip), {self.trip: last})
        self._tell(self._event("return"))
        with freeze_time(FRIDAY + timedelta(minutes=5)):
            self.assertFalse(positions._tell(self.trip, here))

    def test_positions_are_forgotten(self):
        positions = self.env["loyalty.delivery.position"]
        positions._tell(self.trip, {"lat": 40.18, "lon": 44.51})
        with freeze_time(FRIDAY + timedelta(days=31)):
            positions._gc_positions()
        self.assertFalse(positions.search([("trip_id", "=", self.trip.id)]))
