using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Granary.Gateway.Tests.Support;

namespace Granary.Gateway.Tests.Hosting;

/// <summary><c>deploy/local-cluster</c> with programs that only stand there: what it does before, beside and after them.</summary>
public sealed class LocalClusterTests : IDisposable
{
    private static readonly string[] Needed = ["bash", "flock", "setsid"];

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-local-cluster-").FullName;
    private readonly int _port = FreeBlock();

    private string Dir => Path.Combine(_folder, "dir");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [ScriptFact]
    public async Task Every_port_is_checked_before_anything_starts()
    {
        Fake("redis-cli", "exit 1");
        // The port where the second silo takes clients, which nothing would meet before the cluster is half there.
        using var other = Listen(_port + 52);
        var (exit, said) = await RunAsync("up", "--no-build", "--port", $"{_port}");
        exit.ShouldNotBe(0);
        said.ShouldContain(string.Create(CultureInfo.InvariantCulture, $"{_port + 52} (silo-2)"));
        said.ShouldContain("Nothing was started");
        Directory.GetFiles(Path.Combine(Dir, "pids")).ShouldBeEmpty();
    }

    [ScriptFact]
    public async Task Two_that_change_one_folder_wait_for_one_another()
    {
        using var other = Listen(_port + 1);
        Directory.CreateDirectory(Dir);
        using var holder = Start("flock", [Path.Combine(Dir, "lock"), "cat"], input: true);
        // It holds the lock once it answers.
        await holder.StandardInput.WriteLineAsync("held");
        (await holder.StandardOutput.ReadLineAsync()).ShouldBe("held");
        using var up = Start("bash", [Script, "--dir", Dir, "up", "--no-build", "--port", $"{_port}"]);
        (await up.StandardError.ReadLineAsync())!.ShouldStartWith("Waiting for another deploy/local-cluster");
        up.HasExited.ShouldBeFalse();
        holder.StandardInput.Close();
        await up.WaitForExitAsync().WaitAsync(Guard.Time);
        (await up.StandardError.ReadToEndAsync()).ShouldContain("taken by other programs");
    }

    [ScriptFact]
    public async Task Status_ends_though_a_process_takes_connections_and_answers_nothing()
    {
        using var hung = Listen(_port + 1);
        Directory.CreateDirectory(Path.Combine(Dir, "pids"));
        File.WriteAllText(Path.Combine(Dir, "settings"), $"shape=standalone\ngateways=1\nsilos=1\nport={_port}\nfsync=always\nkeys=''\nsimulator=''\ntls=''\n");
        var stat = await File.ReadAllTextAsync($"/proc/{Environment.ProcessId}/stat");
        var born = stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[19];
        File.WriteAllText(Path.Combine(Dir, "pids", "gateway-1"), $"{Environment.ProcessId} {born}\n");
        var (exit, said) = await RunAsync("status");
        exit.ShouldBe(0, said);
        said.ShouldContain($"gateway-1  up     {Environment.ProcessId}");
        said.ShouldContain("haproxy    down");
    }

    [ScriptFact]
    public async Task Each_step_is_a_line_when_it_happens_and_a_program_that_ends_is_named()
    {
        Fake("redis-server", "exec sleep 600");
        Fake("redis-cli", "echo PONG");
        Fake("haproxy", "exec sleep 600");
        Fake("dotnet", "echo broken; exit 3");
        var copy = Path.Combine(_folder, "repo");
        foreach (var file in (string[])["Gateway/release/Granary.Gateway.dll", "Silo/release/Granary.Silo.dll"])
        {
            var path = Path.Combine(copy, "artifacts", "bin", file);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, "");
        }
        Directory.CreateDirectory(Path.Combine(copy, "deploy"));
        File.Copy(Script, Path.Combine(copy, "deploy", "local-cluster"));
        using var up = Start("bash", [Path.Combine(copy, "deploy", "local-cluster"), "--dir", Dir, "up", "--no-build", "--silos", "1", "--gateways", "1", "--port", $"{_port}"]);
        try
        {
            foreach (var line in (string[])["redis starts", "redis is ready", "silo-1 starts", "gateway-1 starts", "haproxy starts"])
                (await up.StandardError.ReadLineAsync().WaitAsync(Guard.Time)).ShouldBe(line);
            await up.WaitForExitAsync().WaitAsync(Guard.Time);
            var rest = await up.StandardError.ReadToEndAsync();
            rest.ShouldContain("silo-1 ended before it was ready");
            rest.ShouldContain("broken");
            up.ExitCode.ShouldBe(1);
        }
        finally
        {
            (await RunAsync("down")).Exit.ShouldBe(0);
        }
    }

    private static string Script { get; } = Path.Combine(Checkout.Root, "deploy", "local-cluster");

    private static TcpListener Listen(int port)
    {
        var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        return listener;
    }

    /// <summary>A port with the sixty behind it free.</summary>
    private static int FreeBlock()
    {
        for (var first = 21_000 + (Environment.ProcessId % 40 * 100); ; first = first > 30_000 ? 21_000 : first + 100)
        {
            var block = Enumerable.Range(first, 60);
            if (!System.Net.NetworkInformation.IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Any(end => block.Contains(end.Port)))
                return first;
        }
    }

    private void Fake(string program, string script)
    {
        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, "bin")).FullName, program);
        File.WriteAllText(path, $"#!/usr/bin/env bash\n{script}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
    }

    private async Task<(int Exit, string Said)> RunAsync(params string[] arguments)
    {
        using var run = Start("bash", [Script, "--dir", Dir, .. arguments]);
        var (output, errors) = (run.StandardOutput.ReadToEndAsync(), run.StandardError.ReadToEndAsync());
        await run.WaitForExitAsync().WaitAsync(Guard.Time);
        return (run.ExitCode, await output + await errors);
    }

    private Process Start(string program, string[] arguments, bool input = false)
    {
        foreach (var needed in (string[])["redis-server", "redis-cli", "haproxy", "dotnet"])
        {
            if (!File.Exists(Path.Combine(_folder, "bin", needed)))
                Fake(needed, "exit 1");
        }
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = input, StandardErrorEncoding = Encoding.UTF8,
        };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment["PATH"] = Path.Combine(_folder, "bin") + ":" + start.Environment["PATH"];
        return Process.Start(start)!;
    }

    private sealed class ScriptFactAttribute : FactAttribute
    {
        public ScriptFactAttribute()
        {
            if (!OperatingSystem.IsLinux())
                Skip = "It reads /proc, which this system does not have.";
            else if (Needed.FirstOrDefault(program => !(Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program)))) is { } missing)
                Skip = $"{missing} is not installed.";
        }
    }
}
