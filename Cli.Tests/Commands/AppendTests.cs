using Granary.Cli.Tests.Support;

namespace Granary.Cli.Tests.Commands;

public sealed class AppendTests
{
    [Fact]
    public async Task Data_becomes_the_value_of_a_payload_as_the_reference_wraps_it()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        var id = await desk.AppendAsync();
        var written = desk.Event(2);
        written["event_id"]!.ToString().ShouldBe(id);
        written["actor"]!.ToString().ShouldBe("provara_user");
        written["payload"]!.ToJsonString().ShouldBe(
            """{"confidence":1.0,"predicate":"state","subject":"door","value":{"predicate":"state","subject":"door","value":"open"}}""");
        (await desk.VerifyAsync()).Succeeded();
        (await desk.VerifyAsync("--mode", "compatible")).Succeeded();
    }

    [Fact]
    public async Task Raw_data_is_the_payload_and_links_within_its_actor()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        var first = await desk.AppendAsync("a", "1", "--raw", "--actor", "robot");
        await desk.AppendAsync("b", "2", "--actor", "other");
        await desk.AppendAsync("a", "3", "--raw", "--actor", "robot");
        desk.Event(4)["prev_event_hash"]!.ToString().ShouldBe(first);
        desk.Event(4)["payload"]!["value"]!.ToString().ShouldBe("3");
        (await desk.VerifyAsync()).Succeeded();
    }

    [Fact]
    public async Task A_type_of_one_s_own_keeps_its_spelling_and_a_core_type_may_be_lower_case()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        (await Provara.RunAsync("append", desk.Vault, "--type", "com.example.order_placed", "--data", "{}", "--keyfile", desk.Keys)).Succeeded();
        (await Provara.RunAsync("append", desk.Vault, "--type", "observation", "--data", "{}", "--keyfile", desk.Keys)).Succeeded();
        desk.Event(2)["type"]!.ToString().ShouldBe("com.example.order_placed");
        desk.Event(3)["type"]!.ToString().ShouldBe("OBSERVATION");
        desk.Event(3)["payload"]!["predicate"]!.ToString().ShouldBe("observation");
    }

    [Theory]
    [InlineData("[1]", "not an object")]
    [InlineData("{oops", "not JSON")]
    [InlineData("@/no/such/file", "does not exist")]
    [InlineData("{\"subject\":7}", "subject")]
    public async Task Data_that_will_not_do_is_refused_with_a_sentence_and_nothing_is_written(string data, string said)
    {
        using var desk = new Desk();
        await desk.InitAsync();
        var refused = (await Provara.RunAsync("append", desk.Vault, "--type", "OBSERVATION", "--data", data, "--keyfile", desk.Keys)).Failed();
        refused.Error.ShouldContain(said);
        refused.Error.ShouldStartWith("ERROR: ");
        refused.Error.ShouldContain(" Fix: ");
        refused.Error.ShouldContain("(See: ");
        desk.EventLines().Length.ShouldBe(2);
    }

    [Theory]
    [InlineData("--confidence", "1.5", "confidence")]
    [InlineData("--namespace", "canonical", "namespace")]
    [InlineData("--type", "GENESIS", "event_type")]
    [InlineData("--key-id", "bp1_0000000000000000", "key")]
    public async Task An_option_that_will_not_do_is_refused(string option, string value, string said)
    {
        using var desk = new Desk();
        await desk.InitAsync();
        var type = option == "--type" ? Array.Empty<string>() : ["--type", "OBSERVATION"];
        var refused = await Provara.RunAsync(["append", desk.Vault, "--data", "{}", "--keyfile", desk.Keys, option, value, .. type]);
        refused.Failed().Error.ShouldContain(said);
        desk.EventLines().Length.ShouldBe(2);
    }

    [Fact]
    public async Task Without_a_key_file_the_keys_in_the_vault_sign_and_without_those_it_says_what_to_give()
    {
        using var desk = new Desk();
        (await Provara.RunAsync("init", desk.Vault)).Succeeded();
        (await Provara.RunAsync("append", desk.Vault, "--type", "OBSERVATION", "--data", "{}")).Succeeded();
        File.Delete(desk.At("notes", "identity", "private_keys.json"));
        (await Provara.RunAsync("append", desk.Vault, "--type", "OBSERVATION", "--data", "{}")).Failed().Error.ShouldContain("--keyfile");
    }

    [Fact]
    public async Task The_other_shapes_of_key_files_sign_too()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        var key = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(desk.Keys))!["keys"]![0]!;
        var (id, seed) = (key["key_id"]!.ToString(), key["private_key_b64"]!.ToString());
        await File.WriteAllTextAsync(desk.At("flat.json"), $$"""{"{{id}}":"{{seed}}","WARNING":"secret"}""");
        await File.WriteAllTextAsync(desk.At("roles.json"), $$"""{"WARNING":"secret","root":{"key_id":"{{id}}","private_key_b64":"{{seed}}"} }""");
        foreach (var file in (string[])["flat.json", "roles.json"])
            (await Provara.RunAsync("append", desk.Vault, "--type", "OBSERVATION", "--data", "{}", "--keyfile", desk.At(file))).Succeeded();
        (await desk.VerifyAsync()).Succeeded();
    }

    [Fact]
    public async Task A_stranger_s_key_signs_nothing()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        (await Provara.RunAsync("init", desk.At("other"), "--private-keys", desk.At("others.json"))).Succeeded();
        (await Provara.RunAsync("append", desk.Vault, "--type", "OBSERVATION", "--data", "{}", "--keyfile", desk.At("others.json"))).Failed().Error.ShouldContain("key");
        desk.EventLines().Length.ShouldBe(2);
    }
}
