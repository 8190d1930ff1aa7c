using System.Text;
using Granary.Tenants.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace Granary.Tenants.Tests.Support;

/// <summary>A host over a folder of its own.</summary>
internal sealed class TestTenants : IAsyncDisposable
{
    private readonly bool _ownsFolder;

    public TestTenants(Func<InProcessTenantsOptions, InProcessTenantsOptions>? change = null, TimeProvider? time = null, string? folder = null)
    {
        _ownsFolder = folder is null;
        Folder = folder ?? Path.Combine(Path.GetTempPath(), "granary-" + Guid.NewGuid().ToString("N"));
        var options = new InProcessTenantsOptions { DataFolder = Folder };
        Host = new InProcessTenants(change?.Invoke(options) ?? options, time ?? TimeProvider.System, NullLogger<InProcessTenants>.Instance);
    }

    public string Folder { get; }

    public InProcessTenants Host { get; }

    public IVault this[string vault] => Host.Vault(TenantId.Default, VaultName.Parse(vault));

    public static AppendEvent Note(string json = """{"text":"hello"}""", string? key = null, bool bridge = false) =>
        new("note", Encoding.UTF8.GetBytes(json)) { IdempotencyKey = key, EmitProvara = bridge };

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        if (_ownsFolder && Directory.Exists(Folder))
            Directory.Delete(Folder, recursive: true);
    }
}
