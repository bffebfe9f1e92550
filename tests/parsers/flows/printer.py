"""Printer troubleshooting: headings as steps, nested lists, bold cases, fall-through."""


def decide(
    *,
    display_dark: bool,
    prints_after_power: bool,
    jam: bool,
    test_after_jam: bool,
    toner_empty: bool,
    others_can_print: bool,
    final_test: bool,
) -> str:
    """What the desk does in the end: "close" or "service company"."""
    if display_dark and prints_after_power:
        return "close"
    if jam:
        return "close" if test_after_jam else "service company"
    # toner, driver or print server: all of them lead to the final test
    del toner_empty, others_can_print
    return "close" if final_test else "service company"
