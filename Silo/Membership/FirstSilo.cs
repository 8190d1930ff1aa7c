namespace Granary.Silo.Membership;

/// <summary>Of the silos that are active, the one with the lowest address does what one silo is enough for.</summary>
internal static class FirstSilo
{
    /// <summary>Whether it is this one, as far as this one knows: for a moment two may think so, or none.</summary>
    public static bool IsFirst(this ILocalSiloDetails self, ClusterMembershipSnapshot members) =>
        self.SiloAddress.Equals(members.Members.Values.Where(member => member.Status == SiloStatus.Active).Min(member => member.SiloAddress));
}
