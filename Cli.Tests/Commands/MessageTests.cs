using Granary.Cli.Tests.Support;

namespace Granary.Cli.Tests.Commands;

public sealed class MessageTests
{
    [Fact]
    public async Task Only_the_recipient_reads_a_message()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        var bob = await KeyAsync(desk, "bob");
        await KeyAsync(desk, "eve");
        (await Provara.RunAsync(
            "send-message", desk.Vault, "--keyfile", desk.Keys, "--recipient-pubkey", bob, "--message", """{"text":"the key is under the m\u00e4t"}""")).Succeeded();
        File.ReadAllText(desk.At("notes", "events", "events.ndjson")).ShouldNotContain("under the");
        var read = (await ReadAsync(desk, "bob")).Succeeded().Json["messages"]!.AsArray().ShouldHaveSingleItem()!;
        read["body"]!["text"]!.ToString().ShouldBe("the key is under the mät");
        (await ReadAsync(desk, "eve")).Succeeded().Json["messages"]!.AsArray().ShouldBeEmpty();
        (await desk.VerifyAsync()).Succeeded();
    }

    [Theory]
    [InlineData("--recipient-pubkey", "AAAA", "recipient")]
    [InlineData("--message", "7", "object")]
    [InlineData("--sender-encryption-private-key", "AAAA", "encryption key")]
    public async Task What_cannot_be_sent_is_refused_and_nothing_is_written(string option, string value, string said)
    {
        using var desk = new Desk();
        await desk.InitAsync();
        var given = new Dictionary<string, string> { ["--recipient-pubkey"] = await KeyAsync(desk, "bob"), ["--message"] = "{}", [option] = value };
        var refused = await Provara.RunAsync(["send-message", desk.Vault, "--keyfile", desk.Keys, .. given.SelectMany(pair => (string[])[pair.Key, pair.Value])]);
        refused.Failed().Error.ShouldContain(said);
        desk.EventLines().Length.ShouldBe(2);
    }

    private static async Task<string> KeyAsync(Desk desk, string name) =>
        (await Provara.RunAsync("message-key", "--out", desk.At(name + ".json"), "--json")).Succeeded().Json["public_key_b64"]!.ToString();

    private static Task<Printed> ReadAsync(Desk desk, string name) =>
        Provara.RunAsync("read-messages", desk.Vault, "--my-encryption-private-key", desk.At(name + ".json"), "--json");
}
