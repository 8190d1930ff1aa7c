using System.Diagnostics;
using System.Security.Cryptography;
using Granary.Gateway.Access;
using Granary.Gateway.Configuration;
using Granary.Gateway.Hosting;
using Granary.Gateway.Protocol.Calls;
using Granary.Gateway.Protocol.Legacy.Sessions;
using Granary.Gateway.Tests.Support;
using Granary.Grains.Connections;
using Granary.Grains.Redis;
using Granary.Hosting.Configuration;
using Granary.Tenants.Instana;
using Microsoft.Extensions.Logging.Abstractions;

namespace Granary.Gateway.Tests.Configuration;

/// <summary>Every file that is read at start: a pipe, a device or a folder under its name, or one without end, is a sentence and no wait.</summary>
public sealed class OddFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-odd-files-").FullName;

    public static TheoryData<string, string> Readers()
    {
        var data = new TheoryData<string, string>();
        foreach (var reader in (string[])
            [
                "GRANARY_KEK_FILE", "GRANARY_CLUSTER_SECRET_FILE", "GRANARY_CLUSTER_TLS_CERT", "GRANARY_CLUSTER_TLS_KEY", "GRANARY_CLUSTER_TLS_CA",
                "GRANARY_TLS_CERT", "GRANARY_TLS_KEY", "GRANARY_CLIENT_CA", "INSTANA_API_TOKEN_FILE", "INSTANA_CA_BUNDLE", "INSTANA_UNITS", "--env-file", "session.keys", "sessions.journal",
            ])
        {
            foreach (var kind in (string[])["pipe", "device", "link to a pipe", "folder"])
                data.Add(reader, kind);
        }
        return data;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Readers))]
    public async Task A_file_that_is_none_is_refused_at_once(string reader, string kind)
    {
        if (OperatingSystem.IsWindows())
            return;
        var path = Make(kind);
        var reading = Task.Run(() => Read(reader, path));
        var refusal = await Should.ThrowAsync<InvalidDataException>(() => reading.WaitAsync(Guard.Time));
        refusal.Message.Length.ShouldBeGreaterThan(20);
        refusal.Message.ShouldNotContain("Exception");
    }

    [Theory]
    [InlineData("session.keys")]
    [InlineData("sessions.journal")]
    [InlineData("keys.json.lock")]
    public void A_link_under_the_name_of_a_file_of_ours_is_not_followed(string name)
    {
        if (OperatingSystem.IsWindows())
            return;
        var (path, target) = (Path.Combine(_folder, name), Path.Combine(_folder, "target"));
        File.WriteAllText(target, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        var before = File.ReadAllText(target);
        File.CreateSymbolicLink(path, target);
        Should.Throw<InvalidDataException>(() => Read(name, path)).Message.ShouldContain("symbolic link");
        File.ReadAllText(target).ShouldBe(before);
    }

    [Fact]
    public void A_link_that_points_nowhere_makes_no_file()
    {
        if (OperatingSystem.IsWindows())
            return;
        var (path, target) = (Path.Combine(_folder, "keys.json.lock"), Path.Combine(_folder, "made"));
        File.CreateSymbolicLink(path, target);
        Should.Throw<InvalidDataException>(() => FileLock.Take(path));
        File.Exists(target).ShouldBeFalse();
    }

    private static void Read(string reader, string path)
    {
        switch (reader)
        {
            case "GRANARY_KEK_FILE":
                RedisSettingsReader.Read(Of(("GRANARY_REDIS", "redis:6379"), (reader, path)));
                break;
            case "GRANARY_CLUSTER_SECRET_FILE":
                ClusterSecret.Read(Of((reader, path)));
                break;
            case "GRANARY_CLUSTER_TLS_CERT" or "GRANARY_CLUSTER_TLS_KEY" or "GRANARY_CLUSTER_TLS_CA":
                ReadTls(reader, path);
                break;
            case "GRANARY_TLS_CERT" or "GRANARY_TLS_KEY" or "GRANARY_CLIENT_CA":
                ReadServerTls(reader, path);
                break;
            case "INSTANA_API_TOKEN_FILE" or "INSTANA_CA_BUNDLE" or "INSTANA_UNITS":
                if (!InstanaSettings.TryRead(Of((reader, path)).Text, out _, out var problems))
                    throw new InvalidDataException(problems.ShouldHaveSingleItem());
                break;
            case "--env-file":
                DotEnv.Load(path);
                break;
            case "session.keys":
                TokenSeal.LoadOrCreate(path).Dispose();
                break;
            case "sessions.journal":
                using (var journal = new SessionJournal(path))
                    journal.Read();
                break;
            case "keys.json.lock":
                FileLock.Take(path).Dispose();
                break;
        }
    }

    private static void ReadTls(string odd, string path)
    {
        var good = MakeCertificate(path);
        string[] names = ["GRANARY_CLUSTER_TLS_CERT", "GRANARY_CLUSTER_TLS_KEY", "GRANARY_CLUSTER_TLS_CA"];
        ClusterTls.Read(Of([.. names.Select(name => (name, name == odd ? path : good))]), ClusterRole.Silo);
    }

    private static void ReadServerTls(string odd, string path)
    {
        var good = MakeCertificate(path);
        var settings = new TlsSettings(0, odd == "GRANARY_TLS_CERT" ? path : good, odd == "GRANARY_TLS_KEY" ? path : good)
        {
            ClientAuthorities = odd == "GRANARY_CLIENT_CA" ? path : good,
        };
        ServerTls.ReadAuthorities(settings);
        new ServerTls(settings, TimeProvider.System, NullLogger<ServerTls>.Instance).Dispose();
    }

    /// <summary>A certificate and its key in one file beside the odd one.</summary>
    private static string MakeCertificate(string path)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new System.Security.Cryptography.X509Certificates.CertificateRequest("CN=granary-silo", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        var good = Path.Combine(Path.GetDirectoryName(path)!, "good.pem");
        File.WriteAllText(good, certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem());
        return good;
    }

    private static Settings Of(params (string Name, string Value)[] settings) =>
        new(name => settings.FirstOrDefault(setting => setting.Name == name).Value);

    private string Make(string kind)
    {
        var path = Path.Combine(_folder, "odd");
        switch (kind)
        {
            case "device":
                File.CreateSymbolicLink(path, "/dev/zero");
                break;
            case "folder":
                Directory.CreateDirectory(path);
                break;
            default:
                var pipe = kind == "pipe" ? path : Path.Combine(_folder, "pipe");
                using (var made = Process.Start("mkfifo", [pipe]))
                    made.WaitForExit();
                if (pipe != path)
                    File.CreateSymbolicLink(path, pipe);
                break;
        }
        return path;
    }
}
