from odoo import models

from ..engine.commerceml.records import from_json


class OnecLine(models.Model):
    _inherit = "onec.line"

    def _apply_again(self):
        """Apply objects in conflict or error once more, from what the lines keep.

        :return: lines that are solved now
        """
        lines_sudo = self.sudo().filtered(
            lambda line: line.state in ("conflict", "error") and line.payload
        )
        for message, lines in lines_sudo.grouped("message_id").items():
            for otype, same in lines.grouped("otype").items():
                same._apply_again_kind(message, otype)
            message._settle()
        return self.filtered(lambda line: line.state == "solved")

    def _apply_again_kind(self, message, otype):
        by_seq = {line.seq: line for line in self}
        outcomes = message._apply_items(
            otype, [(line.seq, from_json(line.payload)) for line in self.sorted("seq")]
        )
        for outcome in outcomes:
            line = by_seq[outcome.seq]
            values = message._prepare_line_values(outcome, line.payload)
            if outcome.action not in ("conflict", "error"):
                values.update(
                    state="planned" if message.dry_run else "solved", payload=False
                )
            for name in ("message_id", "seq", "otype"):
                del values[name]
            line.write(values)
