using Granary.Gateway.Hosting;
using Granary.Gateway.Tests.Support;
using Granary.Testing;

namespace Granary.Gateway.Tests.Hosting;

/// <summary><c>IMAGE provara …</c>: the other program of an installation, in the gateway's place.</summary>
[Collection(ProcessWide.Name)]
public sealed class SiblingProgramTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-sibling-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [UnixFact]
    public async Task It_gets_its_arguments_as_they_are_and_its_exit_code_is_the_answer()
    {
        var seen = Path.Combine(_folder, "seen");
        var program = Path.Combine(_folder, "provara");
        await File.WriteAllTextAsync(program, $"#!/bin/sh\nprintf '%s|' \"$@\" >'{seen}'\nexit 3\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        (await SiblingProgram.RunAsync("provara", ["append", "/a b", "--data", """{"port":1}"""], _folder)).ShouldBe(3);
        (await File.ReadAllTextAsync(seen)).ShouldBe("""append|/a b|--data|{"port":1}|""");
    }

    [Fact]
    public async Task One_that_is_not_installed_is_a_sentence_and_exit_code_2()
    {
        var before = Console.Error;
        using var error = new StringWriter();
        Console.SetError(error);
        try
        {
            (await GatewayCommand.RunAsync(["provara", "--port", "banana"])).ShouldBe(2);
            // As the reference's guide has it.
            (await GatewayCommand.RunAsync(["python", "-m", "provara.cli", "--port", "banana"])).ShouldBe(2);
        }
        finally
        {
            Console.SetError(before);
        }
        error.ToString().ShouldStartWith("Error: the provara command is not installed beside the gateway");
    }
}
