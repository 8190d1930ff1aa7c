using System.Diagnostics;
using Granary.Cli.Tests.Support;

namespace Granary.Cli.Tests.Process;

/// <summary>Command lines of the guides, as they stand there.</summary>
public sealed class PythonModuleTests
{
    [Fact]
    public async Task The_guides_replay_runs_in_both_spellings()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        await desk.AppendAsync();
        var expected = (await Provara.RunAsync("replay", desk.Vault)).Succeeded().Output;
        (await Provara.RunAsync("replay", "--path", desk.Vault)).Succeeded().Output.ShouldBe(expected);
        (await Provara.RunAsync("-m", "provara.cli", "replay", "--path", desk.Vault)).Succeeded().Output.ShouldBe(expected);
        (await Provara.RunAsync("verify", "--path", desk.Vault)).Succeeded();
        (await Provara.RunAsync("manifest", "--path", desk.Vault, "--keyfile", desk.Keys)).Succeeded();
    }

    [Fact]
    public async Task A_link_named_python_beside_the_program_is_all_that_the_image_needs()
    {
        if (OperatingSystem.IsWindows())
            return;
        using var desk = new Desk();
        await desk.InitAsync();
        var python = desk.At("python");
        File.CreateSymbolicLink(python, Path.Combine(AppContext.BaseDirectory, "provara"));
        var start = new ProcessStartInfo(python, ["-m", "provara.cli", "replay", "--path", desk.Vault]) { RedirectStandardOutput = true };
        start.Environment["DOTNET_ROOT"] = Path.GetDirectoryName(Environment.ProcessPath);
        using var process = System.Diagnostics.Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0);
        output.ShouldContain("state_hash");
    }

    [Fact]
    public async Task The_path_is_given_once()
    {
        using var desk = new Desk();
        (await Provara.RunAsync("replay", desk.Vault, "--path", desk.Vault)).Failed(2).Error.ShouldContain("one of them");
        (await Provara.RunAsync("seal")).Failed(2).Error.ShouldContain("PATH");
    }

    [Fact]
    public async Task Other_modules_are_not_taken_for_this_program() =>
        (await Provara.RunAsync("-m", "http.server")).Failed(2);
}
