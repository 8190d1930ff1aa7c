using System.Diagnostics;
using System.Text;
using Granary.Testing;
using Granary.Vault.OutsideFiles;
using Microsoft.Extensions.Time.Testing;

namespace Granary.Vault.Tests.OutsideFiles;

/// <summary>A file of keys or rules is followed by its content, and one that cannot be used keeps the last good one in force.</summary>
[Trait("Kind", "Hostile")]
public sealed class WatchedFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-watched-").FullName;
    private readonly FakeTimeProvider _time = new();
    private readonly List<FileLook> _looks = [];
    private readonly List<string> _used = [];

    private string File => Path.Combine(_folder, "rules.json");

    [Fact]
    public void What_is_in_force_follows_the_content_and_not_the_time_of_the_file()
    {
        Write("one");
        var written = System.IO.File.GetLastWriteTimeUtc(File);
        using var watched = Start();
        Look().ShouldBe(new FileLook(false, false, null));
        Write("two");
        System.IO.File.SetLastWriteTimeUtc(File, written);
        Look().ShouldBe(new FileLook(true, false, null));
        _used.ShouldBe(["one", "two"]);
    }

    [Fact]
    public void A_content_that_cannot_be_used_is_reported_once_keeps_the_last_and_is_not_ready_the_second_time()
    {
        Write("one");
        using var watched = Start();
        Write("bad");
        Look().Problem.ShouldBe("bad is not good");
        (watched.IsKept, watched.IsReady).ShouldBe((true, true));
        Look().Problem.ShouldBeNull();
        (watched.IsKept, watched.IsReady).ShouldBe((true, false));
        System.IO.File.Delete(File);
        Look().Problem.ShouldBe($"The rules file '{File}' cannot be read: there is none");
        Write("one");
        Look().ShouldBe(new FileLook(false, true, null));
        (watched.IsKept, watched.IsReady).ShouldBe((false, true));
        _used.ShouldBe(["one"]);
    }

    [UnixTheory]
    [InlineData("pipe", "is a pipe, a device or a socket")]
    [InlineData("device", "is a pipe, a device or a socket")]
    [InlineData("folder", "is a folder")]
    [InlineData("large", "at most 1000 are read")]
    public void What_is_no_file_or_too_large_is_refused_at_start_and_later_and_not_waited_for(string what, string says)
    {
        Write("one");
        using var watched = Start();
        System.IO.File.Delete(File);
        Make(what);
        Look().Problem.ShouldNotBeNull().ShouldContain(says);
        Should.Throw<InvalidDataException>(Start).Message.ShouldContain(says);
        _used.ShouldBe(["one"]);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private WatchedFile Start()
    {
        var watched = new WatchedFile(File, "rules file", 1000, bytes =>
        {
            var text = Encoding.UTF8.GetString(bytes);
            if (text == "bad")
                throw new InvalidDataException("bad is not good");
            _used.Add(text);
        });
        watched.Start(_time, _looks.Add);
        return watched;
    }

    private FileLook Look()
    {
        _time.Advance(WatchedFile.ReadEvery);
        return _looks[^1];
    }

    private void Write(string text) => System.IO.File.WriteAllText(File, text);

    private void Make(string what)
    {
        switch (what)
        {
            case "pipe":
                using (var made = Process.Start("mkfifo", File))
                    made.WaitForExit();
                break;
            case "device":
                System.IO.File.CreateSymbolicLink(File, "/dev/zero");
                break;
            case "folder":
                Directory.CreateDirectory(File);
                break;
            default:
                Write(new string('x', 1001));
                break;
        }
    }
}
