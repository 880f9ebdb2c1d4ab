"""What a file says by itself."""

from __future__ import annotations

from tests.intake.conftest import Stage

from kundskab.lake.intake import guess_mapping, guess_objects, guess_people


def test_it_guesses_a_shop(stage: Stage) -> None:
    file = stage(
        "InvoiceNo,StockCode,Quantity,InvoiceDate,UnitPrice,CustomerID\n"
        "536365,85123A,6,2010-12-01 08:26,2.55,17850.0\n536366,71053,6,2010-12-01 08:28,3.39,\n"
    )

    assert guess_mapping(file).mapping == {
        "actor": "CustomerID", "occurred_at": "InvoiceDate", "action": "='purchase'", "occasion": "InvoiceNo",
        "object": "StockCode", "quantity": "Quantity", "value": "Quantity * UnitPrice",
    }  # fmt: skip


def test_it_guesses_a_website(stage: Stage) -> None:
    file = stage(
        "user_id,session_id,event,timestamp,platform\nann,s1,home,2026-01-01 10:00:00,web\n"
        "ann,s1,cart,2026-01-01 10:01:00,web\nbo,s2,home,2026-01-01 11:00:00,app\n"
    )

    assert guess_mapping(file).mapping == {
        "actor": "user_id", "occurred_at": "timestamp", "action": "event", "occasion": "session_id",
        "channel": "platform",
    }  # fmt: skip


def test_a_visit_stands_in_for_an_unknown_person(stage: Stage) -> None:
    guess = guess_mapping(stage("SessionId\tItemId\tTime\n3\t214\t1396437466.94\n3\t215\t1396438212.318\n"))

    assert guess.mapping["device"] == "SessionId"
    assert guess.mapping["action"] == "='view'"


def test_a_name_is_not_believed_against_the_cells(stage: Stage) -> None:
    guess = guess_mapping(stage("user_id,date,event\nann,soon,visit\nbo,later,visit\n"))

    assert "occurred_at" not in guess.mapping
    assert guess.missing == ("No column reads as a time; map occurred_at.",)


def test_every_choice_has_its_reason(stage: Stage) -> None:
    guess = guess_mapping(stage("customer,day,total\nann,2026-01-01,5.5\n"))

    assert guess.reasons.keys() == guess.mapping.keys()
    assert guess.reasons["actor"] == "actor is customer: its name says that it names people."


def test_what_cannot_be_guessed_is_said(stage: Stage) -> None:
    guess = guess_mapping(stage("a,b\n1,2\n3,4\n"))

    assert guess.mapping == {}
    assert len(guess.missing) == 3


def test_it_guesses_consents(stage: Stage) -> None:
    file = stage("user_id,purpose,status,occurred_at,proof\nann,marketing,grant,2026-01-01,form 7\n")

    assert guess_people(file, ["marketing"]).mapping == {
        "actor": "user_id", "occurred_at": "occurred_at", "purpose": "purpose", "status": "status", "proof": "proof",
    }  # fmt: skip


def test_it_guesses_a_catalogue(stage: Stage) -> None:
    file = stage("sku,product_name,category,valid_from\nt-1,Tent,shelter,2026-01-01\n")

    assert guess_objects(file).mapping == {
        "object": "sku", "name": "product_name", "category": "category", "valid_from": "valid_from",
    }  # fmt: skip


def test_a_time_may_be_broken_in_some_cells(stage: Stage) -> None:
    guess = guess_mapping(stage("user_id,timestamp,event\nann,1112486027,visit\nbo,974820889,visit\ncy,soon,visit\n"))

    assert guess.mapping["occurred_at"] == "timestamp"


def test_a_person_may_lie_inside_an_object(stage: Stage) -> None:
    file = stage('{"user": {"id": "ann"}, "ts": "2026-01-01", "event": "visit"}\n' * 2, "events.jsonl")

    assert guess_mapping(file).mapping["actor"] == "user.id"


def test_dates_are_known_by_their_cells_whatever_they_are_called(stage: Stage) -> None:
    file = stage(
        "CUSTOMER_ID,PIN_CODE,TRANSACTION_DT,AMOUNT,SALES_PRICE\n104,115,11/1/2000,2,60\n105,115,11/13/2000,1,9\n"
    )

    assert guess_mapping(file).mapping["occurred_at"] == "TRANSACTION_DT"


def test_bare_numbers_are_no_dates_unless_they_are_called_so(stage: Stage) -> None:
    guess = guess_mapping(stage("user_id,pin,event\nann,20190101,visit\nbo,20190102,visit\n"))

    assert "occurred_at" not in guess.mapping


def test_what_was_paid_is_not_the_freight(stage: Stage) -> None:
    file = stage("customer_id,date,price,freight_value,total_tax\nann,2026-01-01,9.5,2,1\nbo,2026-01-02,8,1,1\n")

    assert guess_mapping(file).mapping["value"] == "price"


def test_a_column_called_action_may_name_hundreds_of_them(stage: Stage) -> None:
    rows = "".join(f"u{n % 9},2026-01-01,act{n % 300},5\n" for n in range(900))

    assert guess_mapping(stage("user_id,date,action,value\n" + rows)).mapping["action"] == "action"
