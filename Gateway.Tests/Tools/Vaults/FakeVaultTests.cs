using Granary.Gateway.Tests.Support;
using Granary.Tenants;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Granary.Gateway.Tests.Tools.Vaults;

/// <summary>A gateway over tenants that the test plays.</summary>
public abstract class FakeVaultTests : IAsyncLifetime
{
    private protected FakeTenants Tenants { get; } = new();

    private protected TestGateway Gateway { get; private set; } = null!;

    private protected McpHttp Http => Gateway.Http;

    public async Task InitializeAsync() => Gateway = await TestGateway.StartAsync(
        o => o with { DefaultVault = "house" },
        services =>
        {
            services.RemoveAll<ITenants>();
            services.AddSingleton<ITenants>(Tenants);
        });

    public Task DisposeAsync() => Gateway.DisposeAsync();
}
