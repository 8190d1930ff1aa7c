using System.Text.Json.Nodes;
using Granary.Cli.Tests.Support;

namespace Granary.Cli.Tests.Commands;

/// <summary>Whichever key signs events, the manifest is signed by one that may; where none is at hand, nothing is written.</summary>
public sealed class ManifestSignerTests
{
    [Fact]
    public async Task Events_signed_by_the_quorum_key_leave_a_vault_that_verifies()
    {
        using var desk = new Desk();
        await desk.InitAsync("--quorum");
        await desk.AppendAsync("door", "open", "--key-id", QuorumOf(desk));
        (await desk.VerifyAsync()).Succeeded();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_vault_whose_key_was_rotated_verifies_before_and_after_its_manifest_is_made_anew(bool quorum)
    {
        using var desk = new Desk();
        await desk.InitAsync("--quorum");
        string[] revoke = quorum ? ["--revoke", QuorumOf(desk)] : [];
        (await Provara.RunAsync(["rotate", desk.Vault, "--keyfile", desk.Keys, .. revoke])).Succeeded();
        (await desk.VerifyAsync()).Succeeded();
        (await Provara.RunAsync("manifest", desk.Vault, "--keyfile", desk.Keys)).Succeeded();
        (await desk.VerifyAsync()).Succeeded();
        await desk.AppendAsync();
        (await Provara.RunAsync("checkpoint", desk.Vault, "--keyfile", desk.Keys)).Succeeded();
        (await desk.VerifyAsync()).Succeeded();
    }

    [Fact]
    public async Task A_key_file_without_a_key_that_may_sign_the_manifest_changes_nothing()
    {
        using var desk = new Desk();
        await desk.InitAsync("--quorum");
        var keys = JsonNode.Parse(await File.ReadAllTextAsync(desk.Keys))!;
        keys["keys"]!.AsArray().RemoveAt(0);
        var alone = desk.At("quorum.json");
        await File.WriteAllTextAsync(alone, keys.ToJsonString());
        foreach (var command in (string[][])[["append", desk.Vault, "--type", "OBSERVATION", "--data", "{}"], ["manifest", desk.Vault], ["checkpoint", desk.Vault], ["seal", desk.Vault]])
            (await Provara.RunAsync([.. command, "--keyfile", alone])).Failed().Error.ShouldContain("root key");
        desk.EventLines().Length.ShouldBe(2);
        (await desk.VerifyAsync()).Succeeded();
    }

    private static string QuorumOf(Desk desk) => JsonNode.Parse(File.ReadAllText(desk.Keys))!["keys"]![1]!["key_id"]!.ToString();
}
