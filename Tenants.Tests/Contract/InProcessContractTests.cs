using Granary.Tenants.Hosting;
using Granary.Tenants.Tests.Support;

namespace Granary.Tenants.Tests.Contract;

/// <summary>The in-process host keeps the contract.</summary>
public sealed class InProcessContractTests(InProcessContractTests.Shared shared) : TenantsContract(shared.Tenants, shared.Backend), IClassFixture<InProcessContractTests.Shared>
{
    public sealed class Shared : IAsyncLifetime
    {
        private readonly TestTenants _tenants;

        public Shared() => _tenants = new TestTenants(options => new InProcessTenantsOptions { DataFolder = options.DataFolder, CreateInstana = Backend.Create });

        public ContractBackend Backend { get; } = new();

        public ITenants Tenants => _tenants.Host;

        public Task InitializeAsync() => Task.CompletedTask;

        public async Task DisposeAsync() => await _tenants.DisposeAsync();
    }
}
