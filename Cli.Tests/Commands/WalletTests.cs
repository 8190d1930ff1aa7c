using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Cli.Tests.Support;

namespace Granary.Cli.Tests.Commands;

public sealed class WalletTests
{
    [Fact]
    public async Task A_key_goes_to_a_wallet_and_comes_back()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        var key = JsonNode.Parse(File.ReadAllText(desk.Keys))!["keys"]![0]!;
        (await Provara.RunAsync("wallet-export", "--keyfile", desk.Keys, "--out", desk.At("id.json"))).Succeeded();
        JsonSerializer.Deserialize<int[]>(File.ReadAllText(desk.At("id.json")))!.Length.ShouldBe(64);
        var back = (await Provara.RunAsync("wallet-import", "--file", desk.At("id.json"), "--json")).Succeeded().Json;
        back["key_id"]!.ToString().ShouldBe(key["key_id"]!.ToString());
        back["private_key_b64"]!.ToString().ShouldBe(key["private_key_b64"]!.ToString());
        (await Provara.RunAsync("wallet-export", "--keyfile", desk.Keys, "--out", desk.At("id.json"))).Failed().Error.ShouldContain("overwritten");
    }

    [Theory]
    [InlineData("[1,2,3]")]
    [InlineData("{}")]
    [InlineData("nonsense")]
    public async Task A_file_that_is_no_key_pair_is_refused(string content)
    {
        using var desk = new Desk();
        await File.WriteAllTextAsync(desk.At("id.json"), content);
        (await Provara.RunAsync("wallet-import", "--file", desk.At("id.json"))).Failed().Error.ShouldContain("64 numbers");
    }

    [Fact]
    public async Task A_pair_whose_halves_do_not_belong_together_is_refused()
    {
        using var desk = new Desk();
        await File.WriteAllTextAsync(desk.At("id.json"), $"[{string.Join(',', Enumerable.Repeat(7, 64))}]");
        (await Provara.RunAsync("wallet-import", "--file", desk.At("id.json"))).Failed().Error.ShouldContain("public half");
    }
}
