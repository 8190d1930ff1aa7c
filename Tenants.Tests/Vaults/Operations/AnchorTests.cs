using System.Security.Cryptography;
using System.Text;
using Granary.Tenants.Hosting;
using Granary.Tenants.Tests.Support;
using Granary.Tenants.Vaults;
using Granary.Tenants.Vaults.Anchoring;
using Granary.Testing;
using Granary.Vault.Evidence.Stamps;
using Granary.Vault.Keys;
using Microsoft.Extensions.Time.Testing;

namespace Granary.Tenants.Tests.Vaults.Operations;

public sealed class AnchorTests : IAsyncLifetime
{
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);

    private readonly string _files = Directory.CreateTempSubdirectory("granary-anchors-").FullName;
    private readonly TestAuthority _authority = new();
    private readonly FakeTimeProvider _time = new(TestAuthority.Time);
    private readonly TestTenants _tenants;

    public AnchorTests() => _tenants = new TestTenants(options => With(options, new AnchorPlan([new TimestampStamper(_authority, null, new FakeTimeProvider(TestAuthority.Time))], Every)), _time);

    private string Asked => $$"""{"authority":"{{_authority.Address}}"}""";

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _tenants.DisposeAsync();
        _authority.Dispose();
        Directory.Delete(_files, recursive: true);
    }

    [Fact]
    public async Task A_head_is_stamped_once_and_a_grown_log_again_when_it_is_time()
    {
        var vault = await NewAsync();
        await AnchorAsync(vault, "stamped");
        await AnchorAsync(vault, "unchanged");
        await vault.AppendAsync(TestTenants.Note(), default);
        await AnchorAsync(vault, "unchanged");
        _time.Advance(Every / 2);
        await AnchorAsync(vault, "stamped");
        _time.Advance(Every);
        await AnchorAsync(vault, "unchanged");
        (await StampsAsync(vault)).Select(stamp => stamp.Count).ShouldBe([2, 1]);
    }

    [Fact]
    public async Task What_was_stamped_is_the_root_of_the_log_and_the_vault_verifies_with_it()
    {
        var vault = await NewAsync();
        await AnchorAsync(vault, "stamped");
        var stamp = (await StampsAsync(vault)).ShouldHaveSingleItem();
        stamp.Root.ShouldBe((await vault.RunAsync("get_signed_head")).GetProperty("signed_head").GetProperty("root").GetString());
        stamp.Problem([_authority.Certificate]).ShouldBeNull();
        var report = await vault.RunAsync("verify_vault");
        report.GetProperty("valid").GetBoolean().ShouldBeTrue();
        report.GetRawText().ShouldContain("1 stamp(s) from outside");
        (await vault.VerifyAsync(null, default)).Valid.ShouldBeTrue();
    }

    [Fact]
    public async Task A_stamp_of_another_log_makes_verification_fail()
    {
        var vault = await NewAsync();
        await AnchorAsync(vault, "stamped");
        var other = _tenants["other"];
        await other.CreateAsync(default);
        await other.AppendAsync(TestTenants.Note("""{"text":"other"}"""), default);
        await AnchorAsync(other, "stamped");
        await _tenants.Host.DisposeAsync();
        File.Copy(BesideOf("other"), BesideOf("notes"), overwrite: true);
        await using var again = new TestTenants(folder: _tenants.Folder, time: _time);
        var report = await again["notes"].VerifyAsync(null, default);
        report.Valid.ShouldBeFalse();
        report.Findings.ShouldContain(finding => finding.Rule == "head.stamp-rewritten");
    }

    [Fact]
    public async Task An_authority_that_fails_is_named_with_its_reason_and_nothing_is_kept()
    {
        var vault = await NewAsync();
        _authority.Change = _ => TestAuthority.Refusal();
        var answer = await vault.RunAsync("anchor_head", Asked);
        answer.GetProperty("state").GetString().ShouldBe("failed");
        answer.GetProperty("reason").GetString()!.ShouldContain("not one to this request");
        (await StampsAsync(vault)).ShouldBeEmpty();
        _authority.Change = bytes => bytes;
        await AnchorAsync(vault, "stamped");
        (await vault.RefusedAsync("anchor_head", """{"authority":"http://else.example"}""")).Failure.ShouldBe(TenantFailure.InvalidInput);
    }

    [Fact]
    public async Task A_head_that_is_being_stamped_is_not_stamped_beside()
    {
        var vault = await NewAsync();
        var inside = new TaskCompletionSource();
        var goOn = new TaskCompletionSource();
        _authority.Change = bytes =>
        {
            inside.TrySetResult();
            goOn.Task.Wait();
            return bytes;
        };
        var first = Task.Run(() => vault.RunAsync("anchor_head", Asked));
        await inside.Task;
        await AnchorAsync(vault, "unchanged");
        // Nobody who writes waits for the authority.
        await vault.AppendAsync(TestTenants.Note(), default);
        goOn.SetResult();
        (await first).GetProperty("state").GetString().ShouldBe("stamped");
        (await StampsAsync(vault)).ShouldHaveSingleItem().Count.ShouldBe(1);
    }

    [Fact]
    public async Task Stamps_of_years_are_all_kept_and_what_cannot_be_read_is_put_away()
    {
        var vault = await NewAsync();
        for (var i = 0; i < 50; i++)
        {
            await AnchorAsync(vault, "stamped");
            await vault.AppendAsync(TestTenants.Note(), default);
            _time.Advance(Every);
        }
        (await StampsAsync(vault)).Select(stamp => stamp.Count).ShouldBe(Enumerable.Range(1, 50).Select(count => (long)count).Reverse());
        await _tenants.Host.DisposeAsync();
        await File.WriteAllTextAsync(BesideOf("notes"), "1000\ntorn");
        await using var again = new TestTenants(options => With(options, new AnchorPlan([new TimestampStamper(_authority, null, new FakeTimeProvider(TestAuthority.Time))], Every)), _time, _tenants.Folder);
        await AnchorAsync(again["notes"], "stamped");
        Directory.GetFiles(Path.GetDirectoryName(BesideOf("notes"))!).Select(File.ReadAllText).ShouldContain(text => text.EndsWith("torn", StringComparison.Ordinal));
        (await StampsAsync(again["notes"])).Count.ShouldBeGreaterThan(16);
    }

    [Fact]
    public async Task A_promise_is_looked_up_once_it_is_old_enough_and_the_proof_takes_its_place()
    {
        var calendar = new Calendar();
        await using var tenants = new TestTenants(options => With(options, new AnchorPlan([calendar], Every)), _time);
        var vault = tenants["notes"];
        await vault.CreateAsync(default);
        await vault.AppendAsync(TestTenants.Note(), default);
        async Task AskAsync(string state) =>
            (await vault.RunAsync("anchor_head", $$"""{"authority":"{{calendar.Authority}}"}""")).GetProperty("state").GetString().ShouldBe(state);
        await AskAsync("stamped");
        calendar.IsKept = true;
        await AskAsync("unchanged");
        (await StampsAsync(vault)).ShouldHaveSingleItem().Blocks.ShouldBeEmpty();
        _time.Advance(TimeSpan.FromHours(2));
        await AskAsync("stamped");
        var stamp = (await StampsAsync(vault)).ShouldHaveSingleItem();
        (stamp.Blocks.ShouldHaveSingleItem().Height, stamp.Problem()).ShouldBe((358391, null));
        await AskAsync("unchanged");
        (await vault.VerifyAsync(null, default)).Valid.ShouldBeTrue();
        calendar.Asked.ShouldBe(2);
    }

    [Fact]
    public async Task A_head_becomes_an_entry_of_a_Rekor_log_as_the_file_of_the_setting_says()
    {
        await using var log = await TestRekor.StartAsync(_time);
        await File.WriteAllTextAsync(At("log.pem"), log.PublicKey);
        var plan = Read($$"""{"authorities":[{"url":"{{log.Address}}","kind":"rekor","keys":"{{At("log.pem")}}"}],"every_seconds":3600}""");
        await using var tenants = new TestTenants(options => With(options, plan), _time);
        var vault = tenants["notes"];
        await vault.CreateAsync(default);
        await vault.AppendAsync(TestTenants.Note(), default);
        var asked = $$"""{"authority":"{{log.Address}}"}""";
        log.Change = entry => entry["integratedTime"] = 1;
        var failed = await vault.RunAsync("anchor_head", asked);
        (failed.GetProperty("state").GetString(), failed.GetProperty("reason").GetString()!.Contains("its time does not hold", StringComparison.Ordinal)).ShouldBe(("failed", true));
        log.Change = null;
        foreach (var state in (string[])["stamped", "unchanged"])
            (await vault.RunAsync("anchor_head", asked)).GetProperty("state").GetString().ShouldBe(state);
        var stamp = (await StampsAsync(vault)).ShouldHaveSingleItem();
        (stamp.Kind, stamp.Time, stamp.Root).ShouldBe(("rekor", _time.GetUtcNow(), (await vault.RunAsync("get_signed_head")).GetProperty("signed_head").GetProperty("root").GetString()));
        stamp.Problem(null, P256PublicKey.ReadPem(log.PublicKey)).ShouldBeNull();
        (await vault.RunAsync("verify_vault")).GetRawText().ShouldContain("1 of them in a Rekor log since 2026-01-05");
    }

    [Theory]
    [InlineData("""{"url":"http://x/","kind":"else"}""", "the authority 'http://x/' has the kind 'else'; known are rfc3161, opentimestamps and rekor")]
    [InlineData("""{"url":"http://x/","kind":"rekor","certificates":"KEYS"}""", "the authority 'http://x/' has certificates, which only the kind rfc3161 takes")]
    [InlineData("""{"url":"http://x/","kind":"opentimestamps","certificates":"KEYS"}""", "the authority 'http://x/' has certificates, which only the kind rfc3161 takes")]
    [InlineData("""{"url":"http://x/","keys":"KEYS"}""", "the authority 'http://x/' has keys, which only the kind rekor takes")]
    [InlineData("""{"url":"http://x/","kind":"opentimestamps","keys":"KEYS"}""", "the authority 'http://x/' has keys, which only the kind rekor takes")]
    [InlineData("""{"url":"http://x/","kind":"rekor","keys":"EMPTY"}""", "has no public key")]
    [InlineData("""{"url":"http://x/","kind":"rekor","keys":"OTHER"}""", "A public key in PEM is not one of ECDSA on the curve P-256")]
    [InlineData("""{"url":"http://x/","kind":"rekor","keys":"NONE"}""", "NONE")]
    [InlineData("""{"url":"http://x/","kind":"rekor","keys":"KEYS","key":"KEYS"}""", "key")]
    [InlineData("""{"url":"http://x/","kind":"rekor","keys":["KEYS"]}""", "keys")]
    public async Task An_authority_that_is_not_one_is_named_with_what_is_wrong(string authority, string sentence)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        await File.WriteAllTextAsync(At("KEYS"), key.ExportSubjectPublicKeyInfoPem());
        await File.WriteAllTextAsync(At("OTHER"), other.ExportSubjectPublicKeyInfoPem());
        await File.WriteAllTextAsync(At("EMPTY"), _authority.Certificate.ExportCertificatePem());
        var placed = new[] { "KEYS", "OTHER", "EMPTY", "NONE" }.Aggregate(authority, (text, name) => text.Replace(name, At(name), StringComparison.Ordinal));
        var message = Should.Throw<InvalidDataException>(() => Read($$"""{"authorities":[{{placed}}]}""")).Message;
        message.ShouldStartWith("The file of GRANARY_ANCHORS");
        message.ShouldContain(sentence);
    }

    private AnchorPlan Read(string json)
    {
        File.WriteAllText(At("anchors.json"), json);
        return AnchorPlan.Read(At("anchors.json"), _time)!;
    }

    private string At(string name) => Path.Combine(_files, name);

    private static InProcessTenantsOptions With(InProcessTenantsOptions options, AnchorPlan plan) =>
        new() { DataFolder = options.DataFolder, Vaults = new VaultActivationOptions { Anchors = plan } };

    private string BesideOf(string vault) => Path.Combine(_tenants.Folder, "default", "state", vault, "beside", "head-stamps");

    private async Task<IVault> NewAsync()
    {
        var vault = _tenants["notes"];
        await vault.CreateAsync(default);
        await vault.AppendAsync(TestTenants.Note(), default);
        return vault;
    }

    private async Task AnchorAsync(IVault vault, string state) =>
        (await vault.RunAsync("anchor_head", Asked)).GetProperty("state").GetString().ShouldBe(state);

    private static async Task<IReadOnlyList<HeadStamp>> StampsAsync(IVault vault) =>
        HeadStamps.Read(Encoding.UTF8.GetBytes((await vault.RunAsync("log_stamps")).GetRawText()));

    /// <summary>Promises, and keeps its promise when it is told to.</summary>
    private sealed class Calendar : IHeadStamper
    {
        public bool IsKept { get; set; }

        public int Asked { get; private set; }

        public string Kind => HeadStamp.OpenTimestamps;

        public string Authority => "https://calendar.example/";

        public bool Promises => true;

        public Task<byte[]> StampAsync(ReadOnlyMemory<byte> root, CancellationToken cancellation)
        {
            Asked++;
            byte[] address = [.. "https://calendar.example"u8];
            return Task.FromResult(OpenTimestampsProof.Of(
                root.Span, [0, .. Convert.FromHexString("83dfe30d2ef90c8e"), (byte)(address.Length + 1), (byte)address.Length, .. address]).Write());
        }

        public Task<byte[]?> CompleteAsync(ReadOnlyMemory<byte> evidence, CancellationToken cancellation)
        {
            Asked++;
            var proof = OpenTimestampsProof.Read(evidence.Span);
            return Task.FromResult(IsKept ? proof.With(proof.Open.Single(), Convert.FromHexString("08000588960d73d7190103f7ef15")).Write() : null);
        }
    }
}
