"""E-commerce properties to the words of an event: object, category, quantity, value, currency, occasion, items."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from math import isfinite
from typing import Any

from kundskab.events.limits import MAX_NAME
from kundskab.events.types import Item

# First come, first taken. The later Segment spec says product_id, its older one id; Google says item_id.
_OBJECT = ("object", "product_id", "productId", "item_id", "itemId", "sku", "content_id", "promotion_id")
_CATEGORY = ("category", "product_category", "productCategory", "item_category")
_VALUE = ("revenue", "total", "value")
_OCCASION = (
    "occasion", "order_id", "orderId", "checkout_id", "checkoutId", "cart_id", "cartId", "session_id", "sessionId"
)  # fmt: skip
_ITEMS = ("products", "items")
_ITEM_OBJECT = ("product_id", "productId", "item_id", "itemId", "sku", "id", "object")

_UNDOING = re.compile(r"\b(order|purchase)[ _-]?(refunded|refund$|cancell?ed|returned)|^refund(ed)?$", re.IGNORECASE)
_ORDER = re.compile(r"\b(order|purchase)", re.IGNORECASE)
_STEP = Decimal("0.0001")
_LIMIT = Decimal(10) ** 14  # decimal(18, 4)
_PLAIN = re.compile(r"(?:[^\d+\-]*[^\d+\-.,])?([+-]?[\d.,]+)(?:[^\d.,]\D*)?")  # "$ 19.99", "kr. 19,99", "19,99 kr."


@dataclass(slots=True)
class Trade:
    """What the properties say in our own words; what was taken has left the properties."""

    object: str | None = None
    category: str | None = None
    quantity: float | None = None
    value: Decimal | None = None
    currency: str | None = None
    occasion: str | None = None
    items: tuple[Item, ...] = ()


def read_trade(
    action: str,
    properties: dict[str, Any],
    flags: list[str],
    *,
    object_: str | None = None,
    category: str | None = None,
) -> Trade:
    """Takes what is known by name out of the properties (changing them); what cannot be read stays there.

    An object or category that is given is not looked for. Money has four decimals. A refund or cancellation has
    negative value and quantities.
    """
    trade = Trade(object_, category)
    if not properties:
        return trade
    trade.object = object_ or _take_text(properties, _OBJECT, flags)
    trade.category = category or _take_text(properties, _CATEGORY, flags)
    trade.occasion = _take_text(properties, _OCCASION, flags)
    trade.currency = _take_currency(properties, flags)
    trade.quantity = _take_quantity(properties, flags)
    trade.items = _take_items(properties, flags)
    trade.value = _value(action, properties, trade, flags)
    return _undone(trade) if undoes(action) else trade


@lru_cache(maxsize=4_096)
def undoes(action: str) -> bool:
    """Whether an action takes a purchase back: a refund, a return or a cancellation."""
    return _UNDOING.search(action) is not None


def text_of(value: Any) -> str | None:
    """A name or id as text of at most 255 signs, or None; whole numbers become their digits."""
    if type(value) is str:
        text = value.strip()
    elif type(value) is int:
        text = str(value)
    elif type(value) is float and value.is_integer():
        text = str(int(value))
    else:
        return None
    return text if 0 < len(text) <= MAX_NAME else None


def money_of(value: Any) -> Decimal | None:
    """An amount with four decimals, or None when it is none or beyond decimal(18, 4).

    Text may carry a currency sign, and either comma or point as the decimal mark where only one reading is possible.
    """
    try:
        if type(value) is int:
            amount = Decimal(value)
        elif type(value) is float:
            amount = Decimal(repr(value))
        elif type(value) is str and len(value) <= 40:
            amount = Decimal(_plain_number(value))
        else:
            return None
        return _in_range(amount)
    except (InvalidOperation, ValueError):
        return None


def number_of(value: Any) -> float | None:
    """A finite number, or None; text that is a plain number counts."""
    if type(value) is int or type(value) is float or (type(value) is str and len(value) <= 40):
        try:
            number = float(value)
        except (ValueError, OverflowError):
            return None
        return number if isfinite(number) else None
    return None


def _take_text(properties: dict[str, Any], names: tuple[str, ...], flags: list[str]) -> str | None:
    for name in names:
        if name in properties:
            text = text_of(properties[name])
            if text is not None:
                del properties[name]
                return text
            if properties[name] not in (None, ""):
                flags.append(f"{name}_unread")
    return None


def _take_currency(properties: dict[str, Any], flags: list[str]) -> str | None:
    currency = properties.get("currency")
    if currency is None:
        return None
    if type(currency) is str:
        code = currency.strip().upper()
        if len(code) == 3 and code.isascii() and code.isalpha():
            del properties["currency"]
            return code
    flags.append("currency_unread")
    return None


def _take_quantity(properties: dict[str, Any], flags: list[str]) -> float | None:
    if properties.get("quantity") is None:
        return None
    quantity = number_of(properties["quantity"])
    if quantity is None:
        flags.append("quantity_unread")
    else:
        del properties["quantity"]
    return quantity


def _take_items(properties: dict[str, Any], flags: list[str]) -> tuple[Item, ...]:
    """The lines of an order; what we have no word for (names, brands) stays in the properties, line by line."""
    for name in _ITEMS:
        lines = properties.get(name)
        if type(lines) is not list or not lines or not all(type(line) is dict for line in lines):
            continue
        rest = [line.copy() for line in lines]
        items = tuple(_item(line, flags) for line in rest)
        if all(item.object is None for item in items):  # a list of something else
            continue
        if any(rest):
            properties[name] = rest
        else:
            del properties[name]
        return items
    return ()


def _item(line: dict[str, Any], flags: list[str]) -> Item:
    price = money_of(line["price"]) if line.get("price") is not None else None
    if price is not None:
        del line["price"]
    return Item(
        object=_take_text(line, _ITEM_OBJECT, flags),
        category=_take_text(line, _CATEGORY, flags),
        quantity=_take_quantity(line, flags),
        price=price,
    )


def _value(action: str, properties: dict[str, Any], trade: Trade, flags: list[str]) -> Decimal | None:
    for name in _VALUE:
        if properties.get(name) is not None:
            value = money_of(properties[name])
            if value is not None:
                del properties[name]
                return value
            flags.append(f"{name}_unread")
    if trade.quantity is not None and (price := money_of(properties.get("price"))) is not None:
        return _in_range(_amount(price, trade.quantity))
    if trade.items and _ORDER.search(action) and all(item.price is not None for item in trade.items):
        flags.append("value_from_items")
        return _in_range(sum((_amount(item.price, item.quantity) for item in trade.items if item.price), Decimal(0)))
    return None


def _amount(price: Decimal, quantity: float | None) -> Decimal:
    return price if quantity is None else price * Decimal(repr(quantity))


def _in_range(amount: Decimal) -> Decimal | None:
    return amount.quantize(_STEP) if -_LIMIT < amount < _LIMIT else None


def _undone(trade: Trade) -> Trade:
    trade.value = -abs(trade.value) if trade.value else trade.value
    trade.quantity = -abs(trade.quantity) if trade.quantity else trade.quantity
    trade.items = tuple(
        Item(item.object, item.category, -abs(1.0 if item.quantity is None else item.quantity), item.price)
        for item in trade.items
    )
    return trade


def _plain_number(text: str) -> str:
    """A number as Decimal reads it; raises ValueError when it has more than one reading."""
    found = _PLAIN.fullmatch(text.strip())
    if found is None:
        raise ValueError("not a number")
    number = found[1]
    if "," not in number:
        return number
    if "." in number:
        decimal = max(number.rindex(","), number.rindex("."))
        thousands = "," if number[decimal] == "." else "."
        return number.replace(thousands, "").replace(",", ".")
    whole, _, cents = number.rpartition(",")
    if len(cents) == 3 or "," in whole:  # 1,299 is 1299 in London and 1.299 in Copenhagen
        raise ValueError("two readings")
    return f"{whole}.{cents}"
