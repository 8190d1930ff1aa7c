using System.Security.Cryptography;
using Granary.Gateway.Access;
using Granary.Gateway.Hosting;
using Granary.Gateway.Tests.Support;

namespace Granary.Gateway.Tests.Access;

/// <summary><c>keys add</c>, <c>list</c>, <c>revoke</c> and <c>rotate</c>.</summary>
[Collection(ProcessWide.Name)]
[System.Diagnostics.CodeAnalysis.SuppressMessage("Usage", "CA2213", Justification = "The console's writers are put back, and string writers hold nothing.")]
[Trait("Kind", "Hostile")]
public sealed class KeyCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-keycmd-").FullName;
    private readonly TextWriter _outBefore = Console.Out;
    private readonly TextWriter _errorBefore = Console.Error;
    private readonly StringWriter _out = new();
    private readonly StringWriter _error = new();

    public KeyCommandTests()
    {
        Console.SetOut(_out);
        Console.SetError(_error);
    }

    private string KeyFile => Path.Combine(_folder, "keys.json");

    public void Dispose()
    {
        Console.SetOut(_outBefore);
        Console.SetError(_errorBefore);
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_key_of_a_certificate_has_no_secret_and_none_is_made_by_rotating()
    {
        (await RunAsync("add", "--tenant", "acme", "--scopes", "vault:read", "--id", "ci", "--certificate", "uri:spiffe://acme/ci")).ShouldBe(0);
        using var certificate = TestCertificates.SelfSigned(uri: null);
        var pem = Path.Combine(Path.GetDirectoryName(KeyFile)!, "laptop.pem");
        await File.WriteAllTextAsync(pem, certificate.ExportCertificatePem());
        (await RunAsync("add", "--tenant", "acme", "--scopes", "vault:read", "--id", "laptop", "--certificate", pem)).ShouldBe(0);
        ApiKeyFile.Load(KeyFile).Keys.Select(key => key.Certificate)
            .ShouldBe(["uri:spiffe://acme/ci", "sha256:" + certificate.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant()]);
        _out.ToString().ShouldNotContain("grk_");
        (await RunAsync("rotate", "--id", "ci")).ShouldBe(2);
        (await RunAsync("add", "--tenant", "acme", "--scopes", "vault:read", "--certificate", KeyFile)).ShouldBe(2);
        (await RunAsync("add", "--tenant", "acme", "--scopes", "vault:read", "--certificate", "uri:spiffe://acme/ci")).ShouldBe(2);
    }

    [Theory]
    [InlineData("revoke")]
    [InlineData("rotate")]
    public async Task A_slip_in_the_files_name_leaves_nothing_beside_it(string command)
    {
        (await RunAsync(command, "--id", "ci")).ShouldBe(2);
        _error.ToString().ShouldContain("there is none");
        Directory.GetFileSystemEntries(_folder).ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_scopes_no_key_is_made()
    {
        Console.SetIn(TextReader.Null);
        (await RunAsync("add", "--tenant", "acme")).ShouldBe(2);
        _error.ToString().ShouldContain("--scopes");
        foreach (var scope in Scopes.Known)
            _error.ToString().ShouldContain(scope);
        File.Exists(KeyFile).ShouldBeFalse();
    }

    [Fact]
    public async Task A_planted_link_is_not_followed_and_the_file_is_its_owners()
    {
        if (OperatingSystem.IsWindows())
            return;
        var victim = Path.Combine(_folder, "victim");
        await File.WriteAllTextAsync(victim, "victim");
        File.CreateSymbolicLink(KeyFile + ".new", victim);
        (await RunAsync("add", "--tenant", "acme", "--scopes", "*")).ShouldBe(0);
        (await File.ReadAllTextAsync(victim)).ShouldBe("victim");
        File.GetUnixFileMode(KeyFile).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.Delete(KeyFile + ".lock");
        File.CreateSymbolicLink(KeyFile + ".lock", Path.Combine(_folder, "made-by-the-lock"));
        (await RunAsync("add", "--tenant", "acme", "--scopes", "*")).ShouldBe(2);
        File.Exists(Path.Combine(_folder, "made-by-the-lock")).ShouldBeFalse();
    }

    [Fact]
    public async Task Keys_added_at_once_are_all_kept()
    {
        var added = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => Keys.Add(KeyFile, "acme", "vault:read"))));
        added.Distinct().Count().ShouldBe(8);
        ApiKeyFile.Load(KeyFile).Keys.Count.ShouldBe(8);
    }

    [Fact]
    public async Task A_link_to_the_file_stays_a_link()
    {
        if (OperatingSystem.IsWindows())
            return;
        var real = Path.Combine(_folder, "real.json");
        Keys.Add(real, "acme", "*");
        File.CreateSymbolicLink(KeyFile, real);
        (await RunAsync("add", "--tenant", "acme", "--scopes", "*")).ShouldBe(0);
        new FileInfo(KeyFile).LinkTarget.ShouldBe(real);
        ApiKeyFile.Load(real).Keys.Count.ShouldBe(2);
    }

    [Fact]
    public async Task List_shows_who_may_do_what_and_no_secret()
    {
        (await RunAsync("add", "--tenant", "acme", "--scopes", "vault:read,instana:read", "--id", "laptop", "--expires", "90d")).ShouldBe(0);
        var key = _out.ToString().Trim();
        (await RunAsync("list")).ShouldBe(0);
        var line = _out.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1].Split('\t');
        line[..3].ShouldBe(["laptop", "acme", "vault:read,instana:read"]);
        DateTimeOffset.Parse(line[4], System.Globalization.CultureInfo.InvariantCulture).ShouldBeGreaterThan(DateTimeOffset.UtcNow.AddDays(89));
        var entry = ApiKeyFile.Load(KeyFile).Keys[0];
        string.Concat(line).ShouldNotContain(Convert.ToBase64String(entry.Hash!));
        string.Concat(line).ShouldNotContain(key["grk_laptop_".Length..]);
    }

    [Fact]
    public async Task The_list_says_when_a_key_was_last_used()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(57));
        var uses = new KeyUses(KeyFile, time, Microsoft.Extensions.Logging.Abstractions.NullLogger<KeyUses>.Instance);
        await RunAsync("add", "--tenant", "acme", "--scopes", "*", "--id", "one");
        await RunAsync("add", "--tenant", "acme", "--scopes", "*", "--id", "two");
        uses.Note("one", time.GetUtcNow());
        uses.WriteWhenDue();
        KeyUses.Load(KeyFile).ShouldBeEmpty();
        time.Advance(KeyUses.WriteEvery);
        uses.WriteWhenDue();
        // Another gateway of the machine, later and earlier.
        var other = new KeyUses(KeyFile, time, Microsoft.Extensions.Logging.Abstractions.NullLogger<KeyUses>.Instance);
        other.Note("two", time.GetUtcNow());
        other.Note("one", time.GetUtcNow().AddHours(-1));
        other.Write();
        KeyUses.Load(KeyFile).ShouldBe(new Dictionary<string, DateTimeOffset> { ["one"] = time.GetUtcNow().AddMinutes(-1), ["two"] = time.GetUtcNow() }, ignoreOrder: true);
        (await RunAsync("list")).ShouldBe(0);
        _out.ToString().ShouldContain($"\tnever\t{time.GetUtcNow():yyyy-MM-ddTHH:mm:ssZ}");
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(KeyFile + ".used").ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await File.WriteAllTextAsync(KeyFile + ".used", "{");
        KeyUses.Load(KeyFile).ShouldBeEmpty();
        (await RunAsync("list")).ShouldBe(0);
    }

    [Fact]
    public async Task Revoke_removes_one_key_and_names_the_others_when_there_is_none_of_the_id()
    {
        await RunAsync("add", "--tenant", "acme", "--scopes", "*", "--id", "one");
        await RunAsync("add", "--tenant", "acme", "--scopes", "*", "--id", "two");
        (await RunAsync("revoke", "--id", "three")).ShouldBe(2);
        _error.ToString().ShouldContain("one, two");
        (await RunAsync("revoke", "--id", "one")).ShouldBe(0);
        ApiKeyFile.Load(KeyFile).Keys.Select(k => k.Id).ShouldBe(["two"]);
    }

    [Theory]
    [InlineData("24h", true)]
    [InlineData("0", false)]
    public async Task Rotate_gives_a_new_secret_and_keeps_the_old_one_for_a_while(string grace, bool kept)
    {
        await RunAsync("add", "--tenant", "acme", "--scopes", "vault:read", "--id", "one");
        var old = ApiKeyFile.Load(KeyFile).Keys[0];
        (await RunAsync("rotate", "--id", "one", "--grace", grace)).ShouldBe(0);
        _out.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Distinct().Count().ShouldBe(2);
        var entry = ApiKeyFile.Load(KeyFile).Keys.ShouldHaveSingleItem();
        entry.Hash.ShouldNotBe(old.Hash);
        (entry.Tenant, entry.Scopes.Single()).ShouldBe(("acme", "vault:read"));
        (entry.Previous?.Hash.SequenceEqual(old.Hash) == true).ShouldBe(kept);
    }

    [Theory]
    [InlineData("add", "--tenant", "acme", "--scopes", "*", "--expires", "yesterday")]
    [InlineData("add", "--tenant", "acme", "--scopes", "*", "--expires", "2020-01-01")]
    [InlineData("add", "--tenant", "acme", "--scopes", "*", "--expires", "0d")]
    [InlineData("add", "--tenant", "acme", "--scopes", "*", "--expires", "9999999d")]
    [InlineData("list")]
    [InlineData("revoke", "--id", "one")]
    [InlineData("rotate", "--id", "one")]
    public async Task What_cannot_be_done_is_a_sentence(params string[] args)
    {
        (await RunAsync(args)).ShouldBe(2);
        _error.ToString().ShouldStartWith("Error: ");
        _error.ToString().ShouldNotContain("   at ");
    }

    private Task<int> RunAsync(params string[] args) => GatewayCommand.RunAsync(["keys", args[0], "--file", KeyFile, .. args[1..]]);
}
