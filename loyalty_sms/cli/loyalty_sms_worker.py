import optparse
import sys

from odoo.cli import Command
from odoo.modules.registry import Registry
from odoo.tools import config


class LoyaltySmsWorker(Command):
    """Send the messages of a database and take the reports of its gateways"""

    name = "loyalty_sms_worker"

    def run(self, args):
        """Work until SIGTERM or SIGINT; see docs/worker.md."""
        config.parser.prog = self.prog
        group = optparse.OptionGroup(config.parser, "Message worker")
        group.add_option(
            "--sms-port",
            dest="sms_port",
            type="int",
            my_default=8079,
            help="Port for calls of gateways. Default 8079; 0 for any free one,"
            " -1 for none.",
        )
        group.add_option(
            "--sms-interface",
            dest="sms_interface",
            my_default="127.0.0.1",
            help="Address for calls of gateways. Default 127.0.0.1.",
        )
        config.parser.add_option_group(group)
        config.parse_config(args, setup_logging=True)
        names = config["db_name"]
        if len(names) != 1:
            sys.exit("Name one database: odoo loyalty_sms_worker -d DATABASE")
        registry = Registry(names[0])
        if "loyalty.message" not in registry:
            sys.exit(f"Loyalty Messages is not installed in {names[0]}.")
        # The addon can be imported once the registry has found it.
        from odoo.addons.loyalty_sms.worker import Worker

        port = config["sms_port"]
        worker = Worker(names[0], port if port >= 0 else None, config["sms_interface"])
        worker.catch_signals()
        worker.run()
