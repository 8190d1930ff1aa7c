using System.Text.Json;
using Granary.Gateway.Tests.Support;

namespace Granary.Gateway.Tests.Architecture;

/// <summary>What programs bring along: as little as they need.</summary>
public sealed class OutputTests
{
    private static readonly string Configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;

    /// <summary>The projects that run, as far as they are built here; the ones that ship always are. BenchmarkDotNet cannot start without the compiler, and its program ships nowhere.</summary>
    public static TheoryData<string> Programs => [.. Rooms.Projects.Where(project => project != "Bench.Micro" && ManifestOf(project) is not null).Union(["Gateway", "Silo", "Cli"])];

    [Theory]
    [MemberData(nameof(Programs))]
    public void No_program_brings_the_compiler(string project)
    {
        string[] compiler = ["Microsoft.CodeAnalysis", "Humanizer", "System.Composition"];
        RuntimeFiles(project).ShouldNotContain(file => compiler.Any(part => file.StartsWith(part, StringComparison.Ordinal)));
        compiler.ShouldAllBe(part => Directory.GetFiles(Output(project), $"{part}*.dll").Length == 0);
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void No_program_brings_BenchmarkDotNet_or_what_it_needs(string project)
    {
        // Its CommandLineParser is not among them: Garnet, in tests, has it too.
        string[] theirs = ["BenchmarkDotNet", "Perfolizer", "Pragmastat", "Iced", "Gee.External", "Microsoft.Diagnostics.Tracing", "Microsoft.Diagnostics.Runtime"];
        RuntimeFiles(project).ShouldNotContain(file => theirs.Any(part => file.StartsWith(part, StringComparison.Ordinal)));
        theirs.ShouldAllBe(part => Directory.GetFiles(Output(project), $"{part}*").Length == 0);
    }

    [Fact]
    public void No_project_uses_that_of_the_micro_benchmarks() =>
        Directory.GetDirectories(Checkout.Root).SelectMany(folder => Directory.GetFiles(folder, "*.csproj"))
            .Where(file => File.ReadAllText(file).Contains("Bench.Micro.csproj", StringComparison.Ordinal))
            .ShouldBeEmpty();

    [Fact]
    public void The_provara_command_brings_no_Redis_client_and_no_web_server()
    {
        var files = RuntimeFiles("Cli");
        files.ShouldNotContain("StackExchange.Redis.dll");
        files.ShouldNotContain("Granary.Vault.Redis.dll");
        File.ReadAllText(Path.Combine(Output("Cli"), "provara.runtimeconfig.json")).ShouldNotContain("Microsoft.AspNetCore.App");
    }

    private static string Output(string project) => Path.Combine(Checkout.Root, "artifacts", "bin", project, Configuration);

    private static string? ManifestOf(string project) =>
        ((string[])[$"Granary.{project}", "provara"]).Select(name => Path.Combine(Output(project), $"{name}.deps.json"))
            .FirstOrDefault(file => File.Exists(file) && File.Exists(file.Replace(".deps.json", ".runtimeconfig.json", StringComparison.Ordinal)));

    /// <summary>The assemblies that a program loads from its own folder.</summary>
    private static List<string> RuntimeFiles(string project)
    {
        using var manifest = JsonDocument.Parse(File.ReadAllText(ManifestOf(project) ?? throw new FileNotFoundException($"{project} is not built.")));
        return [.. from target in manifest.RootElement.GetProperty("targets").EnumerateObject()
                   from library in target.Value.EnumerateObject()
                   where library.Value.TryGetProperty("runtime", out _)
                   from file in library.Value.GetProperty("runtime").EnumerateObject()
                   select file.Name.Split('/')[^1]];
    }
}
