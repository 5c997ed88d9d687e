//! The Lua scripts: one file each under `lua/`, after the parts that it shares with others. A part
//! costs time at every call, so each script has only those that it uses.
//!
//! `EVALSHA`, and once more after a load when the server does not know the script: that works on
//! every Redis and Valkey, survives restarts of the server, and lets two versions of this program
//! run side by side.

use std::sync::LazyLock;

use redis::Script;

macro_rules! scripts {
    ($($(#[$doc:meta])* $name:ident = $($file:literal)+;)+) => {$(
        $(#[$doc])*
        pub(super) static $name: LazyLock<Script> = LazyLock::new(|| {
            Script::new(concat!(include_str!("lua/prelude.lua"), $(include_str!($file)),+))
        });
    )+};
}

scripts! {
    /// A ticket takes its place.
    PUSH = "lua/push.lua";
    /// A ticket weighs something else.
    REWEIGH = "lua/agent.lua" "lua/reweigh.lua";
    /// The profiles and their version.
    PROFILES = "lua/profiles.lua";
    /// The lanes and their version.
    LANES = "lua/lanes.lua";
    /// A lane with the agents who may serve it.
    OPEN_LANE = "lua/open_lane.lua";
    /// A profile with the lanes it may serve.
    SET_PROFILE = "lua/time.lua" "lua/agent.lua" "lua/set_profile.lua";
    /// Sets or renews a presence.
    SET_PRESENCE = "lua/time.lua" "lua/agent.lua" "lua/set_presence.lua";
    /// Renews a presence that lasts.
    RENEW = "lua/time.lua" "lua/agent.lua" "lua/renew.lua";
    /// How one agent stands.
    STATE = "lua/time.lua" "lua/agent.lua" "lua/state.lua";
    /// Reserves the most urgent ticket.
    CLAIM = "lua/time.lua" "lua/claim.lua";
    /// Reserves a named ticket.
    CLAIM_THIS = "lua/time.lua" "lua/agent.lua" "lua/place.lua" "lua/claim_this.lua";
    /// Turns a reservation into a held ticket.
    ACCEPT = "lua/time.lua" "lua/accept.lua";
    /// Gives a ticket back.
    RELEASE = "lua/time.lua" "lua/agent.lua" "lua/place.lua" "lua/release.lua";
    /// A ticket leaves.
    REMOVE = "lua/remove.lua";
    /// Ends reservations and presences whose time is over.
    EXPIRE = "lua/time.lua" "lua/agent.lua" "lua/place.lua" "lua/expire.lua";
    /// The generation.
    GENERATION = "lua/generation.lua";
    /// Whether the server is the one that the queue was built on.
    HOME = "lua/home.lua";
    /// Closes the queue for a rebuild.
    REBUILD_BEGIN = "lua/rebuild_begin.lua";
    /// Throws old tickets away, a part at a time.
    REBUILD_CLEAR = "lua/agent.lua" "lua/rebuild_clear.lua";
    /// Restores held tickets.
    REBUILD_HELD = "lua/agent.lua" "lua/rebuild_held.lua";
    /// Restores waiting tickets.
    REBUILD_WAITING = "lua/place.lua" "lua/rebuild_waiting.lua";
    /// Opens the queue again.
    REBUILD_FINISH = "lua/rebuild_finish.lua";
    /// How the queue looks.
    SNAPSHOT = "lua/time.lua" "lua/agent.lua" "lua/snapshot.lua";
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_reach_is_the_same_as_in_memory() {
        let last = super::super::REACH - 1;
        assert!(include_str!("lua/claim.lua").contains(&format!("other, '0', '{last}')")));
    }
}
