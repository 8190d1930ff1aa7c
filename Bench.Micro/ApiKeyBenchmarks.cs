using BenchmarkDotNet.Attributes;
using Granary.Bench.Shapes;
using Granary.Gateway.Access;
using Granary.Gateway.Configuration;
using Granary.Gateway.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Bench.Micro;

/// <summary>Finding out whose key a request brings.</summary>
public class ApiKeyBenchmarks
{
    private static readonly byte[] Salt = new byte[16];
    private static readonly byte[] Wrong = new byte[ApiKey.HashBytes];

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-micro-").FullName;
    private ServiceProvider? _services;
    private IAccess? _access;

    [GlobalSetup]
    public async Task PrepareAsync()
    {
        var file = Path.Combine(_folder, "keys.json");
        await TenantKeys.WriteAsync(file, 1, CancellationToken.None);
        var options = new GatewayOptions { ApiKeyFile = file };
        _services = new ServiceCollection().AddLogging().AddMetrics().AddSingleton(TimeProvider.System).AddSingleton(options).AddAccess(options).BuildServiceProvider();
        _access = _services.GetRequiredService<IAccess>();
    }

    [GlobalCleanup]
    public async Task RemoveAsync()
    {
        if (_services is not null)
            await _services.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>What the other one needs around it.</summary>
    [Benchmark(Baseline = true)]
    public object Request()
    {
        using var scope = _services!.CreateScope();
        return RequestOf(scope);
    }

    [Benchmark]
    public async Task<Principal> AuthenticateAsync()
    {
        using var scope = _services!.CreateScope();
        var decision = await _access!.AuthenticateAsync(RequestOf(scope));
        return decision.Principal ?? throw new InvalidOperationException(decision.Reason);
    }

    [Benchmark]
    public bool Compare() => ApiKey.IsHash(Salt, TenantKeys.First, Wrong);

    private static DefaultHttpContext RequestOf(IServiceScope scope)
    {
        var context = new DefaultHttpContext { RequestServices = scope.ServiceProvider };
        context.Request.Headers.Authorization = $"Bearer {TenantKeys.First}";
        return context;
    }
}
