from odoo import fields, models

# States in which a machine has nothing more to do with a message.
ENDED = (
    "review",
    "done",
    "partial",
    "failed",
    "superseded",
    "cancelled",
    "acknowledged",
    "verified",
)


class OnecMessage(models.Model):
    """Incoming files become messages of the journal, each of them once."""

    _inherit = "onec.message"

    upload_batch = fields.Integer(readonly=True, aggregator=None)

    def _is_ended(self):
        """Whether a machine has nothing more to do."""
        return self.state in ENDED

    def _answer_state(self):
        """What 1C hears about these messages: ``success``, ``progress`` or ``failure``.

        ``success`` makes 1C forget what it sent: all is applied, or stands in the
        queue of conflicts, or waits for approval; when the base says so, also when it
        is staged and so cannot be lost.
        """
        if any(message.state == "failed" for message in self):
            return "failure"
        if all(message._is_answered() for message in self):
            return "success"
        return "progress"

    def _is_answered(self):
        if self.backend_id.answer_when == "stored" and self.state in (
            "staged",
            "applying",
        ):
            return True
        return self._is_ended()

    def _answer_text(self, state):
        """The answer in full, with a second line for people."""
        if state == "failure":
            failed = self.filtered(lambda message: message.state == "failed")
            return "\n".join(["failure", *(message.error or "" for message in failed)])
        if state == "progress":
            return "progress\n" + ", ".join(
                f"{message.filename}: {message.progress:.0f} %" for message in self
            )
        return "\n".join(["success", *(message._answer_line() for message in self)])

    def _answer_line(self):
        counts = {
            "file": self.filename,
            "created": self.count_created,
            "updated": self.count_updated,
            "unchanged": self.count_unchanged,
            "problems": self.count_conflict + self.count_error,
        }
        if self.state == "review":
            return self.env._("%(file)s: waits for approval.", **counts)
        if self.state == "superseded":
            return self.env._("%(file)s: came before, nothing changed.", **counts)
        return self.env._(
            "%(file)s: %(created)s new, %(updated)s changed, %(unchanged)s the same, "
            "%(problems)s in the queue.",
            **counts,
        )

    def _help(self, seconds):
        """Work on what comes next in the base while 1C waits, if nobody else does.

        :return: whether a message came to its end
        """
        first = self._next_messages(self.backend_id)[:1]
        return bool(first) and first._work(seconds)
