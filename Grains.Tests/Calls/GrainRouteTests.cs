using System.Reflection;
using Granary.Grains.Calls;
using Granary.Grains.Contracts;
using Granary.Tenants;

namespace Granary.Grains.Tests.Calls;

/// <summary>A gateway that has reached no silo yet.</summary>
public sealed class GrainRouteTests
{
    [Fact]
    public void It_says_so_in_a_sentence_and_names_no_type()
    {
        var factory = DispatchProxy.Create<IGrainFactory, Unconnected>();
        var refusal = Should.Throw<TenantException>(() => new GrainRoute<IVaultGrain>(factory).To("default/notes"));
        refusal.Failure.ShouldBe(TenantFailure.Unavailable);
        refusal.RetryAfter.ShouldNotBeNull();
        refusal.Message.ShouldContain("No silo could be reached yet");
        refusal.Message.ShouldNotContain("IVaultGrain");
    }

    /// <summary>What Orleans' client does while it knows of no silo, and so of no grain.</summary>
    public class Unconnected : DispatchProxy
    {
        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            throw new ArgumentException("Could not find an implementation for interface Granary.Grains.Contracts.IVaultGrain");
    }
}
