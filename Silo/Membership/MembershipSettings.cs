using Orleans.Configuration;

namespace Granary.Silo.Membership;

/// <summary>When silos give each other up; chosen by measurement, docs/adr/0055 has the table.</summary>
internal static class MembershipSettings
{
    /// <summary>
    /// A silo that is gone is found by its connections (<see cref="PeerWatch"/>) within a second. Probes are for one that hangs or is cut off, and they must not kill one that
    /// is only slow: each may take seconds, longer where this silo itself is short of processor, and three in a row must fail while nothing else comes from the silo either.
    /// </summary>
    public static void Apply(ClusterMembershipOptions membership, TimeSpan probeTimeout)
    {
        membership.ProbeTimeout = probeTimeout;
        // Three times this long nothing at all must have come from a silo before it is voted against.
        membership.MaxProbeTimeout = probeTimeout * 5 / 3;
        membership.NumMissedProbesLimit = 3;
        // Two votes, or half of the silos where there are fewer: one silo with a bad network does not evict the others.
        membership.NumVotesForDeathDeclaration = 2;
        membership.EnableIndirectProbes = true;
        membership.ExtendProbeTimeoutDuringDegradation = true;
        membership.EnableConnectionLivenessCheck = true;
        membership.TableRefreshTimeout = TimeSpan.FromSeconds(5);
        membership.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(10);
        // One that died while it joined has no place in the cluster yet, and its entry goes with those of the dead.
        membership.DefunctSiloExpiration = TimeSpan.FromDays(1);
        // Orleans compares the start of a silo that joins with its own clock: one host that was five minutes ahead let no silo join any more.
        membership.EvictWhenMaxJoinAttemptTimeExceeded = false;
    }
}
