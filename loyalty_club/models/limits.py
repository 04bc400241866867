"""The limits of spending, in words."""


def limit_names(env):
    """Names of what may limit an :class:`engine.caps.Offer`, in the user's language."""
    return {
        "balance": env._("balance"),
        "document": env._("limit of the bill"),
        "percent": env._("share of the bill"),
        "points": env._("points per bill"),
        "day": env._("left for today"),
        "margin": env._("margin"),
        "minimum": env._("minimum"),
        "requested": env._("requested"),
    }


def program_limit_message(env, card, offer, requested):
    """Why ``requested`` points cannot be spent: the limit that decides, by name."""
    names = limit_names(env)
    limits = ", ".join(
        f"{names.get(name, name)} {card._format_points(float(points))}"
        for name, points in offer.limits
    )
    return env._(
        "%(member)s cannot spend %(requested)s here; at most %(allowed)s (%(limits)s).",
        member=card.display_name,
        requested=card._format_points(requested),
        allowed=card._format_points(max(float(offer.points), 0.0)),
        limits=limits,
    )
