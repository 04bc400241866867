"""What a delivery leaves: the goods' margin and the fee, less what bringing it costs.

>>> Delivery(margin=2000, fee=1000, pay=700, metres=6000, cost_km=100).profit
1700.0
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Delivery:
    """The parts of a delivery's profit, in one currency.

    What a tier gave is no cost here: the fee is what the customer pays after it.
    """

    margin: float = 0.0
    fee: float = 0.0
    pay: float = 0.0
    metres: int = 0
    cost_km: float = 0.0
    apology: float = 0.0
    carrier: float = 0.0

    @property
    def road(self) -> float:
        """What its leg of the route costs."""
        return self.metres / 1000 * self.cost_km

    @property
    def profit(self) -> float:
        """What is left; below zero the delivery loses money."""
        costs = self.pay + self.road + self.apology + self.carrier
        return self.margin + self.fee - costs
