using System.Text.Json.Nodes;
using Granary.Cli.Tests.Support;

namespace Granary.Cli.Tests.Process;

public sealed class ProcessTests
{
    [Fact]
    public async Task Piped_output_has_no_colour_and_no_progress_and_json_parses()
    {
        using var desk = new Desk();
        (await RealProcess.RunAsync("init", desk.Vault, "--private-keys", desk.Keys, "--json")).Succeeded().Json["event_count"]!.GetValue<int>().ShouldBe(2);
        var verified = (await RealProcess.RunAsync("verify", desk.Vault)).Succeeded();
        verified.Output.ShouldNotContain('\u001b');
        verified.Error.ShouldBeEmpty();
        JsonNode.Parse((await RealProcess.RunAsync("verify", desk.Vault, "--json")).Succeeded().Output).ShouldNotBeNull();
    }

    [Fact]
    public async Task Exit_codes_tell_done_from_failed_from_not_understood()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        (await RealProcess.RunAsync("verify", desk.Vault)).ExitCode.ShouldBe(0);
        desk.Tamper(log => log.Replace("initialized", "Initialized", StringComparison.Ordinal));
        var broken = await RealProcess.RunAsync("verify", desk.Vault);
        broken.Failed(1).Output.ShouldContain("event 1");
        (await RealProcess.RunAsync("verify", desk.Vault, "--mode", "lenient")).Failed(2);
        (await RealProcess.RunAsync("--help")).Succeeded().Output.ShouldContain("verify");
    }

    [Fact]
    public async Task Killed_while_appending_it_leaves_a_vault_that_takes_the_next_event_and_verifies()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        for (var i = 0; i < 4; i++)
        {
            var before = desk.EventLines().Length;
            using var process = RealProcess.Start("append", desk.Vault, "--type", "OBSERVATION", "--data", $$"""{"n":{{i}}}""", "--keyfile", desk.Keys);
            // Killed as soon as the event is in the log: manifest, root and signature are then old.
            while (!process.HasExited && desk.EventLines().Length == before)
                await Task.Yield();
            process.Kill();
            await process.WaitForExitAsync();
            await desk.AppendAsync();
            (await desk.VerifyAsync()).Succeeded();
        }
    }

    [Fact]
    public async Task Two_at_once_on_one_folder_write_one_after_the_other_or_say_that_it_is_in_use()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        var runs = await Task.WhenAll(Enumerable.Range(0, 4).Select(i =>
            RealProcess.RunAsync("append", desk.Vault, "--type", "OBSERVATION", "--data", $$"""{"n":{{i}}}""", "--keyfile", desk.Keys)));
        var done = runs.Count(run => run.ExitCode == 0);
        done.ShouldBeGreaterThan(0);
        foreach (var refused in runs.Where(run => run.ExitCode != 0))
            refused.Error.ShouldContain("in use");
        desk.EventLines().Length.ShouldBe(2 + done);
        (await desk.VerifyAsync()).Succeeded();
    }
}
