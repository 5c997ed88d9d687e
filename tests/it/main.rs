//! The one integration binary.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test's helper fails the test")]

mod support;

mod again;
mod architecture;
mod assigning;
mod authoring;
mod binary;
mod board;
mod capacity;
mod cluster;
mod desk;
mod dry_run;
mod fairness;
mod faults;
mod faults_queue;
mod figures;
mod hanging;
mod identity;
mod identity_model;
mod input;
mod intent_engine;
mod ladder;
mod life;
mod load;
mod merging;
mod offers;
mod oracle;
mod promise;
mod races;
mod reapply;
mod records;
mod rest;
mod rings;
mod road;
mod roles;
mod sample;
mod security;
mod segments;
mod shadow;
mod shifts;
mod simulate;
mod sla;
mod telegram;
mod understanding;
mod unserved;
