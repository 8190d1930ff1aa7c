using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Granary.Grains.Hosting;

/// <summary>Says at every start what <c>GRANARY_CLUSTER_INSECURE</c> leaves open.</summary>
internal sealed partial class InsecureWarning(ClusterSettings settings, ILogger<InsecureWarning> log) : IHostedService
{
    private readonly ILogger<InsecureWarning> _log = log;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (settings.IsOpen)
            LogOpen();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(1, LogLevel.Warning,
        "GRANARY_CLUSTER_INSECURE is set: anyone who reaches a silo's ports is trusted as a gateway or a silo, with every tenant's vaults. Set GRANARY_CLUSTER_SECRET and leave it out")]
    private partial void LogOpen();
}
