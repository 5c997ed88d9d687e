//! What simulated customers say.

use crate::domain::language::Language::{self, En, It};

/// One simulated customer.
pub(super) struct Script {
    pub(super) name: &'static str,
    pub(super) language: Language,
    pub(super) says: &'static [&'static str],
    /// What is said to an agent, one after each of the agent's messages.
    pub(super) answers: &'static [&'static str],
    /// The rating given, should one be asked for, and the words with it.
    pub(super) rates: (u8, &'static str),
}

const fn bot(name: &'static str, language: Language, says: &'static [&'static str]) -> Script {
    Script { name, language, says, answers: &[], rates: (5, "") }
}

pub(super) const SCRIPTS: [Script; 16] = [
    bot("Marta R.", It, &["buongiorno, quanto costa la spedizione?", "grazie mille!"]),
    Script {
        name: "James T.",
        language: En,
        says: &["the candle arrived broken, I want to talk to a person"],
        answers: &["it is order AB123459, the jar is in pieces", "thank you"],
        rates: (5, "quick and kind"),
    },
    Script {
        name: "Lucia F.",
        language: It,
        says: &["vorrei parlare con una persona per favore"],
        answers: &["il pacco risulta consegnato ma qui non c'è nulla", "va bene, aspetto. Grazie"],
        rates: (4, ""),
    },
    bot("Oliver W.", En, &["where is my order?", "AB123456", "ada@example.com", "thanks a lot"]),
    Script {
        name: "Paolo D.",
        language: It,
        says: &[
            "che tempo fa a Lucca?",
            "no dico sul serio, mi serve una mano con una cosa strana",
        ],
        answers: &["avete incartato il regalo con il prezzo in vista", "grazie, gentilissima"],
        rates: (3, "potevate pensarci prima"),
    },
    bot("Giorgia S.", It, &["fino a che ora siete aperti il sabato?", "perfetto, grazie"]),
    Script {
        name: "Emily C.",
        language: En,
        says: &["this is ridiculous, nobody ever answers me, I will never buy from you again"],
        answers: &["three e-mails and not one reply", "all right, thanks for looking into it"],
        rates: (2, "it took far too long"),
    },
    bot("Davide M.", It, &["come posso pagare?", "e posso usare satispay?", "ok grazie"]),
    Script {
        name: "Chiara B.",
        language: It,
        says: &["passatemi un operatore, mi avete addebitato due volte"],
        answers: &["sì, due addebiti da 38,40 lo stesso giorno", "perfetto, grazie"],
        rates: (5, "risolto in due minuti"),
    },
    bot("Sophie K.", En, &["do you ship to France?", "great, thank you"]),
    Script {
        name: "Franco V.",
        language: It,
        says: &["se non mi rimborsate chiamo il mio avvocato"],
        answers: &["aspetto il rimborso dal 2 novembre", "la ringrazio"],
        rates: (1, "troppo tempo per un rimborso"),
    },
    bot("Elena G.", It, &["vorrei fare un reso, come funziona?", "grazie"]),
    Script {
        name: "Tom H.",
        language: En,
        says: &["can I talk to someone about a wholesale order?", "a human please"],
        answers: &["about two hundred soaps for a hotel in Bath", "perfect, speak soon"],
        rates: (5, ""),
    },
    bot("Silvia P.", It, &["i saponi contengono nichel?", "grazie!"]),
    Script {
        name: "Marco B.",
        language: It,
        says: &["dov'è il mio ordine?", "AB123457", "operatore per favore"],
        answers: &["doveva arrivare ieri", "ok, la ringrazio"],
        rates: (4, "bene"),
    },
    bot("Hannah L.", En, &["do you have gift cards?", "thanks"]),
];
