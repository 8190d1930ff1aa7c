using Granary.Grains.Tests.Support;
using Granary.Tenants;
using Granary.Tenants.Tests.Contract;

namespace Granary.Grains.Tests.Client;

/// <summary>An Orleans cluster keeps the contract: two silos and a client.</summary>
public sealed class ClusterContractTests(ClusterContractTests.Shared shared) : TenantsContract(shared.Tenants, shared.Backend), IClassFixture<ClusterContractTests.Shared>
{
    public sealed class Shared : IAsyncLifetime
    {
        private TestCluster _cluster = null!;

        public ContractBackend Backend { get; } = new();

        public ITenants Tenants => _cluster.Tenants;

        public async Task InitializeAsync() => _cluster = await TestCluster.StartAsync(instana: Backend.Create, turn: TimeSpan.FromMilliseconds(20));

        public async Task DisposeAsync() => await _cluster.DisposeAsync();
    }
}
