using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using Granary.Cli.Tests.Process;
using Granary.Cli.Tests.Support;

namespace Granary.Cli.Tests.Commands;

/// <summary>Whatever a file or an argument holds, the answer is one line that says what is wrong with it.</summary>
public sealed class OutsideInputTests
{
    private const string Twice = """{"a":1,"a":2}""";
    private const string Half = """{"a":"\ud800"}""";

    public static TheoryData<string, string> Malformed => new()
    {
        { Twice, "duplicate member \"a\"" },
        { """{"a":{"b":[{"c":1,"\u0063":2}]}}""", "duplicate member \"c\"" },
        { Half, "surrogate" },
        { """{"\udc00":1}""", "surrogate" },
        { """{"a":}""", "byte" },
        { """{"a":1e999}""", "byte" },
        { """{"a":1""", "too early" },
        { "", "too early" },
        { "nul", "byte" },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task Every_command_that_takes_json_refuses_what_is_malformed_and_names_the_place(string json, string reason)
    {
        using var desk = new Desk();
        await desk.InitAsync();
        (await Provara.RunAsync("psmc", "init", "--vault", desk.At("memory"))).Succeeded();
        var file = desk.At("given.json");
        await File.WriteAllTextAsync(file, json);
        var lines = desk.EventLines();
        foreach (var command in (string[][])
            [
                ["append", desk.Vault, "--type", "OBSERVATION", "--keyfile", desk.Keys, "--data", json],
                ["append", desk.Vault, "--type", "OBSERVATION", "--keyfile", desk.Keys, "--raw", "--data", "@" + file],
                ["psmc", "append", "--vault", desk.At("memory"), "--type", "note", "--data", json],
                ["psmc", "append", "--vault", desk.At("memory"), "--type", "note", "--data", "@" + file],
                ["send-message", desk.Vault, "--keyfile", desk.Keys, "--recipient-pubkey", Convert.ToBase64String(new byte[32]), "--message", json],
                ["proof", "verify", file, "--public-key", desk.At("notes", "identity", "keys.json")],
                ["head", "verify", file, "--public-key", desk.At("notes", "identity", "keys.json")],
                ["verify", desk.Vault, "--head", file],
                ["delta", "import", desk.Vault, file, "--keyfile", desk.Keys],
                ["reduce", desk.Vault, "--from-checkpoint", file],
                ["append", desk.Vault, "--type", "OBSERVATION", "--data", "{}", "--keyfile", file],
            ])
        {
            var refused = (await Provara.RunAsync(command)).Failed();
            refused.Error.ShouldStartWith("ERROR: ", Case.Sensitive, string.Join(' ', command));
            refused.Error.ShouldNotContain("LineNumber");
            refused.Error.Trim().ShouldNotContain('\n');
            if (json.Length > 0)
                refused.Error.ShouldContain(reason, Case.Insensitive, string.Join(' ', command));
        }
        desk.EventLines().ShouldBe(lines);
    }

    [Fact]
    public async Task An_at_sign_without_a_file_is_told()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        foreach (var command in (string[][])
            [
                ["append", desk.Vault, "--type", "OBSERVATION", "--keyfile", desk.Keys, "--data", "@"],
                ["send-message", desk.Vault, "--keyfile", desk.Keys, "--recipient-pubkey", Convert.ToBase64String(new byte[32]), "--message", "@"],
            ])
            (await Provara.RunAsync(command)).Failed().Error.ShouldContain("After @ there is nothing", Case.Sensitive, command[0]);
    }

    [Theory]
    [InlineData("policies/safety_policy.json", "check-safety", "--action", "READ")]
    [InlineData("identity/keys.json", "append", "--type", "OBSERVATION", "--data", "{}")]
    [InlineData("identity/keys.json", "delta", "export")]
    [InlineData("identity/genesis.json", "migrate", "--dry-run")]
    [InlineData("identity/encryption_config.json", "append", "--type", "OBSERVATION", "--data", "{}")]
    [InlineData("identity/genesis.json", "verify", "--follow-predecessors")]
    public async Task A_malformed_file_of_a_vault_is_named_or_found_and_nothing_crashes(string document, params string[] command)
    {
        using var desk = new Desk();
        await desk.InitAsync();
        var isGroup = command[0] == "delta";
        foreach (var json in (string[])[Twice, Half, "[1]", "7", "null", "\"text\"", """{"action_classes":[1],"keys":1,"encryption_enabled":"yes"}""", "{", ""])
        {
            await File.WriteAllTextAsync(desk.At("notes", document), json);
            string[] line = isGroup ? [.. command[..2], desk.Vault, .. command[2..]] : [command[0], desk.Vault, .. command[1..]];
            if (command[0] is "append")
                line = [.. line, "--keyfile", desk.Keys];
            var run = await Provara.RunAsync(line);
            run.ExitCode.ShouldBeOneOf([0, 1]);
            (run.Output + run.Error).ShouldNotContain("nobody foresaw");
            (run.Output + run.Error).ShouldNotContain("LineNumber");
        }
    }

    [Fact]
    public async Task A_manifest_with_a_duplicate_member_is_a_finding()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        var manifest = desk.At("notes", "manifest.json");
        await File.WriteAllTextAsync(manifest, (await File.ReadAllTextAsync(manifest)).Replace("{\"backpack", "{\"file_count\":1,\"backpack", StringComparison.Ordinal));
        (await desk.VerifyAsync()).Failed().Output.ShouldContain("duplicate member");
    }

    [Fact]
    public async Task A_delta_with_a_duplicate_member_in_an_event_is_refused_whole()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        await desk.AppendAsync();
        var bundle = (await Provara.RunAsync("delta", "export", desk.Vault)).Succeeded().Output;
        await File.WriteAllTextAsync(desk.At("bundle"), bundle.Replace("{\"actor\":\"provara_user\"", "{\"actor\":\"x\",\"actor\":\"provara_user\"", StringComparison.Ordinal));
        (await Provara.RunAsync("delta", "import", desk.Vault, desk.At("bundle"), "--keyfile", desk.Keys)).Failed().Output.ShouldContain("duplicate member");
    }

    [Fact]
    public async Task A_log_line_with_duplicate_members_is_read_as_the_reference_reads_it_and_found_by_verify()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        await desk.AppendAsync("door", "open");
        desk.Tamper(log => log.Replace("{\"actor\":\"provara_user\"", "{\"actor\":\"x\",\"actor\":\"provara_user\"", StringComparison.Ordinal));
        (await Provara.RunAsync("query", desk.Vault, "--actor", "provara_user")).Succeeded().Output.ShouldContain("door");
        (await desk.VerifyAsync()).Failed();
    }

    [Fact]
    public async Task A_log_line_that_is_no_event_is_counted_in_a_warning()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        desk.Tamper(log => log + """{"actor":"\ud800"}""" + "\n");
        (await Provara.RunAsync("query", desk.Vault, "--limit", "5")).Succeeded().Error.ShouldContain("1 line");
    }

    [Fact]
    public async Task A_compressed_file_is_called_one()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        await using (var zip = new GZipStream(File.Create(desk.At("bundle.gz")), CompressionLevel.Fastest))
            await zip.WriteAsync("{\"a\":1}"u8.ToArray());
        (await Provara.RunAsync("delta", "import", desk.Vault, desk.At("bundle.gz"), "--keyfile", desk.Keys)).Failed().Error.ShouldContain("gzip");
        (await Provara.RunAsync("append", desk.Vault, "--type", "OBSERVATION", "--data", "@" + desk.At("bundle.gz"), "--keyfile", desk.Keys))
            .Failed().Error.ShouldContain("gzip");
        await File.WriteAllBytesAsync(desk.At("wide.json"), [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("{\"a\":\"ä\"}")]);
        (await Provara.RunAsync("append", desk.Vault, "--type", "OBSERVATION", "--data", "@" + desk.At("wide.json"), "--keyfile", desk.Keys))
            .Failed().Error.ShouldContain("UTF-16");
    }

    [Fact]
    public async Task A_key_file_of_another_vault_is_called_one_and_the_vault_is_not_called_damaged()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        (await Provara.RunAsync("init", desk.At("other"), "--private-keys", desk.At("other.keys.json"))).Succeeded();
        var refused = (await Provara.RunAsync("append", desk.Vault, "--type", "OBSERVATION", "--data", "{}", "--keyfile", desk.At("other.keys.json"))).Failed();
        refused.Error.ShouldContain("not this vault's");
        refused.Error.ShouldNotContain("damaged");
    }

    [Fact]
    public async Task A_revoked_key_is_called_revoked()
    {
        using var desk = new Desk();
        await desk.InitAsync("--quorum");
        File.Copy(desk.Keys, desk.At("old.json"));
        var rotated = (await Provara.RunAsync("rotate", desk.Vault, "--keyfile", desk.Keys, "--json")).Succeeded().Json;
        var revoked = rotated["revoked_key_id"]!.ToString();
        (await Provara.RunAsync("append", desk.Vault, "--type", "OBSERVATION", "--data", "{}", "--keyfile", desk.At("old.json"), "--key-id", revoked))
            .Failed().Error.ShouldContain("revoked");
    }

    [Theory]
    [InlineData("/dev/zero")]
    [InlineData("/dev/urandom")]
    [InlineData("/dev/tty")]
    [InlineData("/proc/self/environ")]
    [InlineData("pipe")]
    [InlineData("link to /dev/zero")]
    [InlineData("link to pipe")]
    [InlineData("folder")]
    public async Task What_is_no_ordinary_file_is_refused_wherever_a_file_is_named(string kind)
    {
        if (OperatingSystem.IsWindows())
            return;
        using var desk = new Desk();
        await desk.InitAsync();
        var odd = Odd(desk, kind);
        foreach (var command in (string[][])
            [
                ["append", desk.Vault, "--type", "OBSERVATION", "--keyfile", desk.Keys, "--data", "@" + odd],
                ["append", desk.Vault, "--type", "OBSERVATION", "--data", "{}", "--keyfile", odd],
                ["proof", "verify", odd, "--public-key", desk.At("notes", "identity", "keys.json")],
                ["head", "verify", odd, "--public-key", desk.At("notes", "identity", "keys.json")],
                ["head", "sign", desk.Vault, "--keyfile", odd],
                ["verify", desk.Vault, "--head", odd],
                ["delta", "import", desk.Vault, odd, "--keyfile", desk.Keys],
                ["fence", "check", desk.Vault, odd],
                ["reduce", desk.Vault, "--from-checkpoint", odd],
                ["restore", odd, "--to", desk.At("restored")],
                ["wallet-import", "--file", odd],
                ["verify-anchor", desk.Vault, "--anchor", odd],
                ["verify-timestamps", desk.Vault, "--trust", odd],
            ])
        {
            var refused = (await Provara.RunAsync(command).WaitAsync(TimeSpan.FromMinutes(1))).Failed();
            refused.Error.ShouldStartWith("ERROR: ", Case.Sensitive, string.Join(' ', command));
            refused.Error.ShouldNotContain("nobody foresaw");
        }
    }

    [Theory]
    [InlineData("manifest.json")]
    [InlineData("identity/keys.json")]
    [InlineData("identity/genesis.json")]
    [InlineData("events/events.ndjson")]
    [InlineData("policies/safety_policy.json")]
    [InlineData("artifacts/cas/more")]
    public async Task A_vault_with_a_pipe_or_a_device_in_a_files_place_is_refused_by_every_command(string document)
    {
        if (OperatingSystem.IsWindows())
            return;
        using var desk = new Desk();
        await desk.InitAsync();
        foreach (var kind in (string[])["pipe", "link to /dev/zero", "link to pipe"])
        {
            var path = desk.At("notes", document);
            File.Delete(path);
            if (kind == "pipe")
                MakePipe(path);
            else
                File.CreateSymbolicLink(path, Odd(desk, kind["link to ".Length..]));
            foreach (var command in (string[][])
                [
                    ["verify", desk.Vault], ["status", desk.Vault], ["query", desk.Vault, "--type", "GENESIS"], ["replay", desk.Vault],
                    ["append", desk.Vault, "--type", "OBSERVATION", "--data", "{}", "--keyfile", desk.Keys],
                    ["manifest", desk.Vault, "--keyfile", desk.Keys], ["backup", desk.Vault, "--to", desk.At("backups")],
                    ["check-safety", desk.Vault, "--action", "READ"], ["delta", "export", desk.Vault],
                ])
            {
                var run = await Provara.RunAsync(command).WaitAsync(TimeSpan.FromMinutes(1));
                run.ExitCode.ShouldBeOneOf([0, 1]);
                (run.Output + run.Error).ShouldNotContain("nobody foresaw");
            }
        }
    }

    [Fact]
    public async Task A_file_is_called_by_its_own_name()
    {
        if (OperatingSystem.IsWindows())
            return;
        using var desk = new Desk();
        await desk.InitAsync();
        MakePipe(desk.At("door"));
        (await Provara.RunAsync("verify", desk.Vault, "--head", desk.At("door"))).Failed().Error.ShouldContain(" 'door' is a pipe", Case.Sensitive);
        (await Provara.RunAsync("init", desk.At("other"), "--private-keys", desk.Keys)).Failed().Error.ShouldContain($" '{desk.Keys}' would be overwritten", Case.Sensitive);
    }

    [Fact]
    public async Task Standard_input_without_an_end_is_given_up()
    {
        if (OperatingSystem.IsWindows())
            return;
        using var desk = new Desk();
        await desk.InitAsync();
        using var process = RealProcess.Start("append", desk.Vault, "--type", "OBSERVATION", "--keyfile", desk.Keys, "--data", "@-");
        using (var zeros = new FileStream("/dev/zero", FileMode.Open, FileAccess.Read))
        {
            try
            {
                await zeros.CopyToAsync(process.StandardInput.BaseStream);
            }
            catch (IOException)
            {
                // It has stopped reading.
            }
        }
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(1);
        (await process.StandardError.ReadToEndAsync()).ShouldContain("Standard input");
    }

    private static string Odd(Desk desk, string kind)
    {
        if (kind.StartsWith('/'))
            return kind;
        var path = desk.At("odd " + kind.Replace('/', '_'));
        if (File.Exists(path) || Directory.Exists(path))
            return path;
        if (kind == "folder")
            Directory.CreateDirectory(path);
        else if (kind == "pipe")
            MakePipe(path);
        else
            File.CreateSymbolicLink(path, Odd(desk, kind["link to ".Length..]));
        return path;
    }

    private static void MakePipe(string path)
    {
        using var made = System.Diagnostics.Process.Start(new ProcessStartInfo("mkfifo", [path]))!;
        made.WaitForExit();
        made.ExitCode.ShouldBe(0);
    }
}
