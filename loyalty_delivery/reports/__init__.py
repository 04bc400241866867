from . import loyalty_delivery_paper
from . import report_route_sheet
from . import report_waybill
from . import report_slips
from . import report_pay_sheet
from . import report_settlement_receipt
from . import loyalty_delivery_report
