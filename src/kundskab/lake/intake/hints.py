"""What columns of foreign files are called: the names that propose a mapping, before the data dispose."""

from __future__ import annotations

# Patterns over names in lower case with single underscores, the most telling first.
ACTOR = (
    r"actor", r"(user|customer|client|member|household|person|player|participant|voter|buyer|shopper|subscriber|"
    r"patient|reviewer|donor|passenger|guest|consumer)_?(id|no|nr|number|key)", r"uid",
    r"user|customer|client|member|household|person|player|participant|voter|kund(e|nr|id)?", r"case_?id|case",
    r"author_?id|.*_user_id|.*_customer_id", r"(card|loyalty|student|learner|listener|viewer)_?(id|no|nr|number)",
)  # fmt: skip
DEVICE = (r"(anonymous|anon|device|visitor|cookie|browser)_?id", r"session_?id|session|visit_?id")
SESSION = (r"session_?id|session|visit_?id",)
INNER_IDS = ("id", "userId", "user_id", "uid", "key")
EMAIL = (r"e_?mail(_address)?",)
TIME = (
    r"occurred_at|event_?time(stamp)?|timestamp|ts", r".*_?timestamp|date_?time", r"time|date|day",
    r"(created|ordered|purchased|updated|modified|sent)_(at|on)", r".*_(date|time|at)|datum|.*date",
)  # fmt: skip
ACTION = (
    r"action|event_?name|event_?type|event", r"activity(_?(id|name))?|verb|behaviou?r(_type)?", r"action_?type|type",
)  # fmt: skip
OBJECT = (
    r"object(_id)?", r"(product|item|article|sku|stock|asin|upc|movie|book|song)_?(id|code|no|nr|number)|sku|asin",
    r"(comment|page|content|coupon|offer|post|document|ad)_?(id|upc|code|url)|stockcode", r"url|path|page|product|item",
    r"(product|item)_?(name|description)|game|movie|book|song|track|artist",
)  # fmt: skip
CATEGORY = (r"(product_|item_)?category(_name|_id)?", r"department|genre|section")
QUANTITY = (r"quantity|qty|units|antal", r"number_of_.*|num_.*|(item|unit)_?count")
UNIT_PRICE = (r"unit_?price|price_?per_.*|price|pris",)
VALUE = (
    r"value|revenue|total|sales(_?(value|price))?",
    r"amount|belopp",
    r"(?!freight|shipping|delivery|tax|discount).*_(value|amount|revenue|total)|spend|net_?sales",
    r"total_(?!freight|shipping|delivery|tax|discount).*",
)
CURRENCY = (r"currency(_code)?",)
CHANNEL = (r"channel", r"platform|medium")
OCCASION = (
    r"occasion", r"(order|invoice|basket|transaction|receipt|cart|booking|visit|trip)_?(id|no|nr|number|code)",
    r"invoice|order|basket|receipt",
)  # fmt: skip
ACCOUNT = (r"(account|company|organi[sz]ation|org|group|tenant)_?(id|no|number)",)
EVENT_ID = (r"(event|message|row|log)_?id|uuid|guid",)

WORDS_OF_PURCHASE = {"invoice", "order", "ordered", "transaction", "purchase", "purchased", "sale", "sales", "receipt"}
GENERIC = {
    "event",
    "created",
    "updated",
    "modified",
    "complete",
    "completed",
    "start",
    "end",
    "sent",
    "action",
    "local",
}
TIME_WORDS = {"time", "timestamp", "date", "datetime", "datum", "occurred", "when"}
