from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import content_disposition, request


class OnecMessageFile(http.Controller):
    @http.route("/loyalty_1c/message/<int:message_id>", type="http", auth="user")
    def file(self, message_id):
        """The original file of a message, for whoever may read the journal.

        Never shown by the browser: it is the other side's content.
        """
        message = request.env["onec.message"].browse(message_id)
        try:
            request.env["onec.backend"]._check_group()
            message.check_access("read")
            with message._open() as stream:
                data = stream.read()
        except (AccessError, MissingError, OSError) as error:
            raise request.not_found() from error
        return request.make_response(
            data,
            [
                ("Content-Type", "application/octet-stream"),
                ("Content-Length", str(len(data))),
                ("Content-Disposition", content_disposition(message.filename)),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )
