//! The orders of the sample shop: what its systems would answer to a lookup.

use jiff::ToSpan as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::domain::time::UtcMillis;
use crate::service::clock::Clock;

/// Where the sample shop is.
const TIME_ZONE: &str = "Europe/Rome";

/// One order of the sample shop.
struct Order {
    number: &'static str,
    email: &'static str,
    status: &'static str,
    carrier: &'static str,
    tracking: &'static str,
    /// Days from today to the delivery; negative when it is past.
    eta: i64,
    total: &'static str,
    items: &'static str,
}

const ORDERS: [Order; 8] = [
    Order {
        number: "AB123456",
        email: "ada@example.com",
        status: "out_for_delivery",
        carrier: "BRT",
        tracking: "BRT0482915537",
        eta: 0,
        total: "38,40 EUR",
        items: "2 saponi alla lavanda, 1 candela al fico",
    },
    Order {
        number: "AB123457",
        email: "marco.bianchi@example.com",
        status: "shipped",
        carrier: "GLS",
        tracking: "GLS7730194462",
        eta: 2,
        total: "64,00 EUR",
        items: "1 tovaglia di lino naturale",
    },
    Order {
        number: "AB123458",
        email: "emma.clarke@example.com",
        status: "shipped",
        carrier: "DHL",
        tracking: "DHL3391027745",
        eta: 3,
        total: "52.90 EUR",
        items: "1 gift box, 1 hand cream",
    },
    Order {
        number: "AB123459",
        email: "luca.ferri@example.com",
        status: "preparing",
        carrier: "BRT",
        tracking: "",
        eta: 4,
        total: "19,50 EUR",
        items: "3 saponi all'olio d'oliva",
    },
    Order {
        number: "CD654321",
        email: "giulia.rossi@example.com",
        status: "delivered",
        carrier: "GLS",
        tracking: "GLS7729930018",
        eta: -2,
        total: "45,00 EUR",
        items: "1 coppia di federe di lino",
    },
    Order {
        number: "CD654322",
        email: "james.doyle@example.com",
        status: "delivered",
        carrier: "DHL",
        tracking: "DHL3390871120",
        eta: -6,
        total: "78.20 EUR",
        items: "4 candles, 1 brass holder",
    },
    Order {
        number: "EF101010",
        email: "sara.conti@example.com",
        status: "returned",
        carrier: "BRT",
        tracking: "BRT0481100276",
        eta: -12,
        total: "29,90 EUR",
        items: "1 telo da giardino",
    },
    Order {
        number: "EF202020",
        email: "paolo.greco@example.com",
        status: "preparing",
        carrier: "GLS",
        tracking: "",
        eta: 5,
        total: "112,00 EUR",
        items: "1 set di vasi in terracotta, 2 sacchi di terriccio",
    },
];

/// What the shop's systems say of an order, by its number without case; `None` when there is none.
#[must_use]
pub fn find(number: &str) -> Option<Value> {
    find_on(number, today(Clock::System.now()))
}

fn find_on(number: &str, today: Date) -> Option<Value> {
    let number = number.trim();
    let order = ORDERS.iter().find(|order| order.number.eq_ignore_ascii_case(number))?;
    let (status_it, status_en) = told(order.status);
    let eta = today.checked_add(order.eta.days()).unwrap_or(today);
    Some(json!({
        "number": order.number,
        "email": order.email,
        "status": order.status,
        "status_it": status_it,
        "status_en": status_en,
        "carrier": order.carrier,
        "tracking": order.tracking,
        "eta": eta.to_string(),
        "total": order.total,
        "items": order.items,
    }))
}

fn told(status: &str) -> (&'static str, &'static str) {
    match status {
        "preparing" => ("in preparazione", "being prepared"),
        "shipped" => ("spedito", "on its way"),
        "out_for_delivery" => ("in consegna", "out for delivery"),
        "delivered" => ("consegnato", "delivered"),
        _ => ("reso", "returned"),
    }
}

fn today(now: UtcMillis) -> Date {
    let zone = TimeZone::get(TIME_ZONE).unwrap_or(TimeZone::UTC);
    jiff::Timestamp::from_millisecond(now.0).unwrap_or_default().to_zoned(zone).date()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::civil::date;

    use super::*;

    #[test]
    fn an_order_is_found_without_case_and_dated_from_today() {
        let found = find_on(" ab123457 ", date(2026, 12, 31)).unwrap();
        assert_eq!(found["email"], "marco.bianchi@example.com");
        assert_eq!(found["eta"], "2027-01-02");
        assert_eq!(found["status_en"], "on its way");
        assert!(find_on("ZZ000000", date(2026, 1, 1)).is_none());
    }

    #[test]
    fn every_order_has_its_own_number() {
        let numbers: BTreeSet<_> = ORDERS.iter().map(|order| order.number).collect();
        assert_eq!(numbers.len(), ORDERS.len());
    }
}
