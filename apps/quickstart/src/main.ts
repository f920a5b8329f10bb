console.log("lamella: the quickstart is not written yet");
