using Granary.Grains.Tests.Support;
using Granary.Tenants;
using Granary.Tenants.Tests.Contract;
using Granary.Testing.Redis;

namespace Granary.Grains.Tests.Client;

/// <summary>An Orleans cluster keeps the contract: two silos and a client.</summary>
[NeedsRedis]
public sealed class ClusterContractTests(ClusterContractTests.Shared shared) : TenantsContract(shared.Tenants, shared.Backend), IClassFixture<ClusterContractTests.Shared>
{
    public sealed class Shared : IAsyncLifetime
    {
        private TestCluster? _cluster;

        public ContractBackend Backend { get; } = new();

        /// <summary>Not used where Redis is missing: every test is skipped there.</summary>
        public ITenants Tenants => _cluster?.Tenants!;

        public async Task InitializeAsync()
        {
            if (RedisServer.IsInstalled)
                _cluster = await TestCluster.StartAsync(instana: Backend.Create, turn: TimeSpan.FromMilliseconds(20));
        }

        public async Task DisposeAsync()
        {
            if (_cluster is not null)
                await _cluster.DisposeAsync();
        }
    }
}
