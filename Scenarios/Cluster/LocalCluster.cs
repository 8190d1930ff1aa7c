using System.Diagnostics;
using System.Text.RegularExpressions;
using Granary.Scenarios.Results;
using Granary.Scenarios.Setup;

namespace Granary.Scenarios.Cluster;

/// <summary>The processes, through <c>deploy/local-cluster</c>: what people start by hand is what is tested.</summary>
internal sealed partial class LocalCluster(string repository, string folder, Options options, string keyFile)
{
    private const int MostInstances = 9;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    /// <summary>A scenario measures what the cluster can do: a tenant's fair share is none of its business, unless it says so.</summary>
    private static readonly string[] NoLimits = ["GRANARY_RATE_PER_KEY=0", "GRANARY_RATE_PER_TENANT=0", "GRANARY_BYTES_PER_TENANT=0", "GRANARY_MAX_VAULTS_PER_TENANT=0"];

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    private readonly string _script = Path.Combine(repository, "deploy", "local-cluster");
    private readonly int _port = options.Port ?? PortBlock.Find();
    private ProcessSettings? _running;
    private bool _built = !options.Build;

    /// <summary>The one endpoint.</summary>
    public Uri Endpoint => new($"http://127.0.0.1:{_port}/mcp");

    /// <summary>The Instana look-alike.</summary>
    public Uri Simulator => new($"http://127.0.0.1:{_port + 20}");

    /// <summary>The shape that runs.</summary>
    public string Shape { get; private set; } = options.Shape ?? "";

    /// <summary>Whether there are silos.</summary>
    public bool HasSilos => Shape == "cluster";

    /// <summary>The longest that one process took to start and be ready since the cluster is up: how fast this machine is now.</summary>
    public TimeSpan LongestStart { get; private set; }

    /// <summary>The checkout.</summary>
    public string Repository => repository;

    /// <summary>The folder with its logs.</summary>
    public string Folder => folder;

    /// <summary>Has a cluster with these settings running, all of it ready.</summary>
    public async Task UpAsync(ProcessSettings settings, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        // Also what a run that was killed has left.
        if (_running != settings)
            await DownAsync(cancellation);
        WriteEnvironment(settings);
        List<string> arguments = ["up", "--simulator", "--port", $"{_port}", "--redis-fsync", settings.Fsync];
        if (options.Shape is { } shape)
            arguments.AddRange(["--shape", shape, "--gateways", shape == "standalone" ? "1" : "2"]);
        if (settings.Keys)
            arguments.AddRange(["--api-keys", keyFile]);
        if (settings.Tls)
            arguments.Add("--tls");
        if (_built)
            arguments.Add("--no-build");
        await RunAsync(cancellation, [.. arguments]);
        (_running, _built) = (settings, true);
        var lines = await File.ReadAllLinesAsync(Path.Combine(folder, "settings"), cancellation);
        Shape = lines.First(l => l.StartsWith("shape=", StringComparison.Ordinal))["shape=".Length..];
    }

    /// <summary>Stops it and forgets its data.</summary>
    public async Task DownAsync(CancellationToken cancellation)
    {
        if (File.Exists(Path.Combine(folder, "settings")))
            await RunAsync(cancellation, "down");
        foreach (var data in (string[])["settings", "redis", "data"])
        {
            var path = Path.Combine(folder, data);
            if (Directory.Exists(path))
                Directory.Delete(path, recursive: true);
            File.Delete(path);
        }
        (_running, LongestStart) = (null, TimeSpan.Zero);
    }

    /// <summary>Every process.</summary>
    public async Task<IReadOnlyList<Instance>> StatusAsync(CancellationToken cancellation) =>
        [.. (await RunAsync(cancellation, "status")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Instance.Parse)];

    /// <summary>One process.</summary>
    public async Task<Instance> InstanceAsync(string name, CancellationToken cancellation) =>
        (await StatusAsync(cancellation)).First(instance => instance.Name == name);

    /// <summary>Waits until a process is as wanted.</summary>
    /// <exception cref="ScenarioException">It does not become so.</exception>
    public async Task<Instance> WaitForAsync(string name, Func<Instance, bool> wanted, CancellationToken cancellation)
    {
        var begin = Stopwatch.GetTimestamp();
        while (true)
        {
            var now = await InstanceAsync(name, cancellation);
            if (wanted(now))
                return now;
            if (Stopwatch.GetElapsedTime(begin) > Longest)
                throw new ScenarioException($"{name} is still {now.State} after {Longest.TotalMinutes:F0} minutes");
            await Task.Delay(Look, TimeProvider.System, cancellation);
        }
    }

    /// <summary>Waits until some processes are all in a state.</summary>
    /// <exception cref="ScenarioException">They do not come to be.</exception>
    public async Task WaitForAllAsync(Func<Instance, bool> which, string state, CancellationToken cancellation)
    {
        var begin = Stopwatch.GetTimestamp();
        while ((await StatusAsync(cancellation)).Where(which).FirstOrDefault(now => now.State != state) is { } other)
        {
            if (Stopwatch.GetElapsedTime(begin) > Longest)
                throw new ScenarioException($"{other.Name} is still {other.State} after {Longest.TotalMinutes:F0} minutes");
            await Task.Delay(Look, TimeProvider.System, cancellation);
        }
    }

    /// <summary>Restarts the gateways or the silos one after the other.</summary>
    public Task RollAsync(string kind, CancellationToken cancellation) => RunAsync(cancellation, "roll", kind);

    /// <summary>Has so many gateways or silos, each ready.</summary>
    public Task ScaleAsync(string kind, int count, CancellationToken cancellation) => RunAsync(cancellation, "scale", kind, $"{count}");

    /// <summary>Where the active vaults of a name are, one for each tenant: the directory's word, which is in Redis.</summary>
    /// <returns>Silos by tenants.</returns>
    public async Task<IReadOnlyDictionary<string, string>> VaultsAsync(string vault, CancellationToken cancellation)
    {
        var found = await RedisAsync(cancellation, "--scan", "--pattern", $"granary/directory/granary.vault/*/{vault}");
        var keys = found.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (keys.Length == 0)
            return new Dictionary<string, string>();
        // In the order of the keys; an activation that ended meanwhile leaves an empty line.
        var addresses = (await RedisAsync(cancellation, ["mget", .. keys])).Split('\n');
        return keys.Zip(addresses).Where(pair => pair.Second.Contains("127.0.0.1:", StringComparison.Ordinal))
            .ToDictionary(pair => pair.First.Split('/')[^2], pair => $"silo-{PortOf(pair.Second) - _port - 40}");

        static int PortOf(string address) => int.Parse(address.Split("127.0.0.1:")[1].Split(':', '@')[0]);
    }

    /// <summary>The silos that entries of the directory name, each with its generation: one that starts again is another.</summary>
    public async Task<IReadOnlyCollection<string>> DirectorySilosAsync(CancellationToken cancellation)
    {
        var keys = (await RedisAsync(cancellation, "--scan", "--pattern", "granary/directory/*")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return keys.Length == 0 ? [] : [.. SiloName().Matches(await RedisAsync(cancellation, ["mget", .. keys])).Select(match => match.Value).Distinct()];
    }

    /// <summary>Starts an instance and waits until it is ready.</summary>
    public async Task StartAsync(string name, CancellationToken cancellation)
    {
        var begin = Stopwatch.GetTimestamp();
        await RunAsync(cancellation, "start", name);
        LongestStart = TimeSpan.FromTicks(Math.Max(LongestStart.Ticks, Stopwatch.GetElapsedTime(begin).Ticks));
    }

    /// <summary>Stops an instance in order.</summary>
    public Task StopAsync(string name, CancellationToken cancellation) => RunAsync(cancellation, "stop", name);

    /// <summary>Sends an instance a signal.</summary>
    public Task KillAsync(string name, CancellationToken cancellation, string signal = "KILL") => RunAsync(cancellation, "kill", name, signal);

    /// <summary>Gives what starts from now on other settings; what runs keeps its own.</summary>
    public void AtNextStart(ProcessSettings settings)
    {
        WriteEnvironment(settings);
        _running = settings;
    }

    /// <summary>What the processes know each other by.</summary>
    public Certificates ReadCertificates() => new(
        File.ReadAllText(Secret("authority.pem")),
        new(File.ReadAllText(Secret("silo.pem")), File.ReadAllText(Secret("silo.key"))),
        new(File.ReadAllText(Secret("gateway.pem")), File.ReadAllText(Secret("gateway.key"))));

    /// <summary>Has what starts from now on know the others by something else.</summary>
    public void WriteCertificates(Certificates certificates)
    {
        File.WriteAllText(Secret("authority.pem"), certificates.Authority);
        File.WriteAllText(Secret("silo.pem"), certificates.Silo.Certificate);
        File.WriteAllText(Secret("silo.key"), certificates.Silo.Key);
        File.WriteAllText(Secret("gateway.pem"), certificates.Gateway.Certificate);
        File.WriteAllText(Secret("gateway.key"), certificates.Gateway.Key);
    }

    /// <summary>Builds a project of a checkout.</summary>
    /// <returns>Its assembly.</returns>
    public static async Task<string> BuildAsync(string project, string checkout, CancellationToken cancellation)
    {
        await Shell.RunAsync("dotnet", ["build", project, "-c", "Release", "-nologo", "-v", "quiet"], cancellation, checkout);
        return Assembly(project, checkout);
    }

    /// <summary>Writes a vault to a folder, as an operator would.</summary>
    /// <returns>What the command said.</returns>
    /// <exception cref="ScenarioException">It could not be written, or does not verify.</exception>
    public Task<string> ExportAsync(string tenant, string vault, string to, IEnumerable<string> environment, CancellationToken cancellation) =>
        RunAsync("Gateway", environment, ["vaults", "export", "--tenant", tenant, "--vault", vault, "--to", to], cancellation);

    /// <summary>The same by a silo's program, which alone has a client for object storage.</summary>
    /// <exception cref="ScenarioException">It could not be written, or does not verify.</exception>
    public Task<string> ExportBySiloAsync(string tenant, string vault, string to, IEnumerable<string> environment, CancellationToken cancellation) =>
        RunAsync("Silo", environment, ["export", tenant, vault, to], cancellation);

    /// <summary>Asks Redis.</summary>
    public Task<string> RedisAsync(CancellationToken cancellation, params string[] command) =>
        Shell.RunAsync("redis-cli", ["-p", $"{_port + 10}", .. command], cancellation);

    [GeneratedRegex(@"127\.0\.0\.1:\d+[:@]\d+")]
    private static partial Regex SiloName();

    private Task<string> RunAsync(CancellationToken cancellation, params string[] arguments) =>
        Shell.RunAsync(_script, [.. arguments, "--dir", folder], cancellation);

    private Task<string> RunAsync(string program, IEnumerable<string> environment, IEnumerable<string> arguments, CancellationToken cancellation) => Shell.RunAsync(
        "env",
        [$"GRANARY_REDIS=127.0.0.1:{_port + 10}", $"GRANARY_KEK_FILE={Secret("kek")}", .. environment, "dotnet", Started(program), .. arguments],
        cancellation);

    /// <summary>What <c>deploy/local-cluster</c> starts: the one compiled ahead, unless the build is newer.</summary>
    private string Started(string project)
    {
        var (built, ahead) = (Assembly(project, repository), Path.Combine(repository, "artifacts", "ahead", project, $"Granary.{project}.dll"));
        return File.GetLastWriteTimeUtc(ahead) > File.GetLastWriteTimeUtc(built) ? ahead : built;
    }

    private static string Assembly(string project, string checkout) =>
        Path.Combine(checkout, "artifacts", "bin", project, "release", $"Granary.{project}.dll");

    private string Secret(string name) => Path.Combine(folder, "secrets", name);

    private void WriteEnvironment(ProcessSettings settings)
    {
        foreach (var kind in (string[])["gateway", "silo"])
        {
            for (var i = 1; i <= MostInstances; i++)
                File.WriteAllLines(Path.Combine(folder, $"{kind}-{i}.env"), [.. NoLimits, .. settings.For($"{kind}-{i}")]);
        }
    }
}
