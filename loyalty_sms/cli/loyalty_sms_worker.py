import optparse
import sys

from odoo.cli import Command
from odoo.modules.registry import Registry
from odoo.tools import config

PORT, INTERFACE = 8079, "127.0.0.1"


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
            my_default=PORT,
            help=f"Port for calls of gateways. Default {PORT}; 0 for any free one,"
            " -1 for none.",
        )
        group.add_option(
            "--sms-interface",
            dest="sms_interface",
            my_default=INTERFACE,
            help=f"Address for calls of gateways. Default {INTERFACE}.",
        )
        config.parser.add_option_group(group)
        config.parse_config(args, setup_logging=True)
        names = config["db_name"]
        if len(names) != 1:
            sys.exit("Name one database: odoo loyalty_sms_worker -d DATABASE")
        registry = Registry(names[0])
        if "loyalty.message" not in registry:
            sys.exit(f"Loyalty Messages is not installed in {names[0]}.")
        # The addon can be imported once the registry has found it; this file is not
        # loaded as a part of it.
        # pylint: disable=odoo-addons-relative-import
        from odoo.addons.loyalty_sms.worker import Worker

        # Defaults of options that were added late are not in the configuration.
        port = config.options.get("sms_port", PORT)
        interface = config.options.get("sms_interface", INTERFACE)
        worker = Worker(names[0], port if port >= 0 else None, interface)
        worker.catch_signals()
        worker.run()
