using Granary.Scenarios.Cluster;

namespace Granary.Scenarios.Cases;

/// <summary>The same over object storage, on a server with S3's interface that is not ours.</summary>
internal sealed class ArchiveS3 : Archive
{
    private S3Server? _server;

    public override string Name => "archive-s3";

    // A minute, most of which archive has seen.
    public override bool OnlyWhenNamed => true;

    protected override IReadOnlyDictionary<string, string> Environment => _server?.Environment ?? new Dictionary<string, string>();

    protected override string ObjectFiles => S3Server.ObjectFiles;

    public override async Task PrepareAsync(LocalCluster cluster, CancellationToken cancellation)
    {
        await base.PrepareAsync(cluster, cancellation);
        _server = await S3Server.StartAsync(cluster.Repository, Folder, cancellation);
    }

    public override Task CleanUpAsync(LocalCluster cluster)
    {
        _server?.Dispose();
        return base.CleanUpAsync(cluster);
    }

    protected override Task<string> ExportAsync(
        LocalCluster cluster, string tenant, string vault, string to, IEnumerable<string> environment, CancellationToken cancellation) =>
        cluster.ExportBySiloAsync(tenant, vault, to, environment, cancellation);
}
