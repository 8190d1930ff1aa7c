using System.Diagnostics;

namespace Granary.Testing.Redis;

/// <summary>A Redis Cluster of the test's own: three primaries and a replica of each, which takes over a second after its primary is gone.</summary>
public sealed class RedisClusterNodes : IDisposable
{
    private const int NodeCount = 6;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly List<RedisServer> _nodes = [];

    /// <summary>Starts the nodes and waits until every slot is served and every primary has its replica.</summary>
    public RedisClusterNodes()
    {
        try
        {
            for (var i = 0; i < NodeCount; i++)
            {
                _nodes.Add(new RedisServer(
                    "--cluster-enabled yes", "--cluster-node-timeout 1000", $"--cluster-port {RedisServer.FreePort()}", "--appendfsync always",
                    "--cluster-require-full-coverage no"));
            }
            Cli([.. Cluster("create"), .. _nodes.Select(node => node.Configuration), "--cluster-replicas", "1", "--cluster-yes"]);
            Until(() => _nodes.TrueForAll(node => Ask(node, "CLUSTER", "INFO").Contains("cluster_state:ok", StringComparison.Ordinal)), "the cluster is whole");
            Until(() => _nodes.TrueForAll(node => Ask(node, "INFO", "replication") is var info && (IsUpReplica(info) || info.Contains("connected_slaves:1", StringComparison.Ordinal))), "each primary has a replica");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>How clients name it: some of its nodes.</summary>
    public string Configuration => string.Join(',', _nodes.Select(node => node.Configuration));

    /// <summary>Kills the primary that has a key.</summary>
    public void KillPrimaryOf(string key) => Kill(PrimaryOf(key));

    /// <summary>Kills the replica of the primary that has a key.</summary>
    public void KillReplicaOf(string key)
    {
        var primary = PrimaryOf(key)[0];
        Kill(Known().Single(fields => fields[3] == primary));
    }

    /// <inheritdoc />
    public void Dispose() => _nodes.ForEach(node => node.Dispose());

    // Fields: id, address, flags, the primary's id, …, and from the ninth on its slots.
    private string[] PrimaryOf(string key)
    {
        var slot = int.Parse(Ask(_nodes[0], "CLUSTER", "KEYSLOT", key));
        return Known().First(fields => fields[2].Contains("master", StringComparison.Ordinal) && fields.Skip(8).Any(range => Serves(range, slot)));
    }

    private IEnumerable<string[]> Known() =>
        Ask(_nodes[0], "CLUSTER", "NODES").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' '));

    private void Kill(string[] fields)
    {
        var port = fields[1].Split('@')[0].Split(':')[1];
        _nodes.Single(node => $"{node.Port}" == port).Kill();
    }

    private static bool Serves(string range, int slot)
    {
        var ends = range.Split('-');
        return int.TryParse(ends[0], out var first) && int.TryParse(ends[^1], out var last) && slot >= first && slot <= last;
    }

    private static bool IsUpReplica(string info) => info.Contains("role:slave", StringComparison.Ordinal) && info.Contains("master_link_status:up", StringComparison.Ordinal);

    private static string[] Cluster(string command) => ["--cluster", command];

    private static string Ask(RedisServer node, params string[] command) => Cli(["-p", $"{node.Port}", .. command]);

    private static string Cli(IEnumerable<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("redis-cli", arguments) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"redis-cli failed: {output}");
    }

    private static void Until(Func<bool> holds, string what)
    {
        var waited = Stopwatch.StartNew();
        while (!holds())
        {
            if (waited.Elapsed > Patience)
                throw new InvalidOperationException($"Redis Cluster: it is not so that {what}.");
            Thread.Sleep(50);
        }
    }
}
