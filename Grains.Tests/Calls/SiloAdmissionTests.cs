using Granary.Grains.Calls;
using Granary.Tenants;

namespace Granary.Grains.Tests.Calls;

public sealed class SiloAdmissionTests
{
    [Fact]
    public void All_tenants_together_have_a_bound_too_and_who_is_beyond_it_is_told_when_to_come_back()
    {
        var admission = new SiloAdmission(maxCallsPerTenant: 2, maxCalls: 3);
        foreach (var tenant in (string[])["a", "a", "b"])
            admission.Enter(TenantId.Parse(tenant));
        foreach (var tenant in (string[])["a", "b", "c"])
        {
            var refused = Should.Throw<TenantException>(() => admission.Enter(TenantId.Parse(tenant)));
            (refused.Failure, refused.RetryAfter > TimeSpan.Zero).ShouldBe((TenantFailure.Busy, true));
        }
        admission.Count.ShouldBe(3, "who was refused has no place");
        admission.Leave(TenantId.Parse("a"));
        admission.Enter(TenantId.Parse("c"));
    }
}
